package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.request.Reply;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands to services that say something more than their name. */
abstract class ArgumentCommand extends RequestCommand {
    ArgumentCommand(Surroundings surroundings) {
        super(surroundings);
    }

    static final String[] EXIT_CODES = {
        "Exit code 0: all did it; 1: one answered an error; 3: nothing matches; 69: no broker;",
        "75: not all have answered, or some are offline; 77: the broker refuses it."
    };

    @Override
    boolean isForServices(List<Target> targets) {
        return true;
    }

    @Override
    boolean isHarmful() {
        return false;
    }

    /** {@code efka signal}. */
    @Command(name = "signal")
    static final class SignalCommand extends ArgumentCommand {
        @Parameters(index = "1", paramLabel = "SIGNAL", description = "Such as HUP or USR1")
        private String signal = "";

        SignalCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows("Sends a signal to the main process of services.", "efka signal gate7/nginx HUP")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "signal";
        }

        @Override
        JsonObject arguments() {
            var arguments = new JsonObject();
            arguments.addProperty("signal", signal);
            return arguments;
        }

        @Override
        boolean isHarmful() {
            return true;
        }
    }

    /** {@code efka input}. */
    @Command(name = "input")
    static final class InputCommand extends ArgumentCommand {
        @Parameters(index = "1", paramLabel = "TEXT", description = "A line for their stdin")
        private String text = "";

        InputCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows("Writes a line into the stdin of services.", "efka input gate7/shell 'reload all'")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "input";
        }

        @Override
        JsonObject arguments() {
            var arguments = new JsonObject();
            arguments.addProperty("text", text + "\n");
            return arguments;
        }
    }

    /** {@code efka hold}. */
    @Command(name = "hold")
    static final class HoldCommand extends ArgumentCommand {
        @Parameters(index = "1", paramLabel = "REASON", description = "For whoever waits")
        private String reason = "";

        @Option(names = "--until", paramLabel = "TIME", description = "2h, or 2026-11-27T18:00:00Z. Default: max_hold")
        private Optional<String> until = Optional.empty();

        HoldCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows(
                            "Holds off deploys of services, until it is released or the time is over.",
                            "efka hold @berlin/camera 'acceptance test' --until 2h",
                            "efka release-hold @berlin/camera")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "hold";
        }

        @Override
        JsonObject arguments() {
            var arguments = new JsonObject();
            arguments.addProperty("reason", reason);
            until.ifPresent(time -> arguments.addProperty("until", time));
            return arguments;
        }
    }

    /** {@code efka rollback}. */
    @Command(name = "rollback")
    static final class RollbackCommand extends ArgumentCommand {
        @Option(names = "--to", paramLabel = "RELEASE", description = "Default: the one before")
        private Optional<String> release = Optional.empty();

        RollbackCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows(
                            "Brings the release back that services had before, and watches it.",
                            "efka rollback gate7/camera",
                            "efka rollback @berlin/camera --to 1.4.1 --yes")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "rollback";
        }

        @Override
        String defaultTimeout() {
            return "10m";
        }

        @Override
        JsonObject arguments() {
            var arguments = new JsonObject();
            release.ifPresent(name -> arguments.addProperty("to", name));
            return arguments;
        }

        @Override
        boolean isHarmful() {
            return true;
        }
    }

    /** {@code efka call}. */
    @Command(name = "call")
    static final class CallCommand extends ArgumentCommand {
        @Parameters(index = "1", paramLabel = "NAME", description = "What the services understand")
        private String name = "";

        @Parameters(index = "2", arity = "0..1", paramLabel = "JSON", description = "Its arguments, one JSON object")
        private String json = "{}";

        CallCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows("Calls services over their channel.", "efka call gate7/camera snapshot '{\"quality\":80}'")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "call/" + name;
        }

        @Override
        JsonObject arguments() {
            var arguments = new JsonObject();
            arguments.add("args", object("JSON", json));
            return arguments;
        }
    }

    /** {@code efka releases}. */
    @Command(name = "releases")
    static final class ReleasesCommand extends ArgumentCommand {
        ReleasesCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        void help(Help help) {
            help.shows("Lists the releases of services that are stored on their devices.", "efka releases gate7/camera")
                    .notes(EXIT_CODES);
        }

        @Override
        String command() {
            return "releases";
        }

        @Override
        JsonObject arguments() {
            return new JsonObject();
        }

        @Override
        String said(Reply reply) {
            Optional<String> current = reply.document().text("release");
            var parts = new ArrayList<String>();
            for (Document release : reply.document().objects("releases")) {
                Optional<String> id = release.text("id");
                parts.add(id.orElse("?")
                        + (id.equals(current) ? " (current)" : "")
                        + (release.flag("original") ? " (original)" : "")
                        + release.text("bad").map(why -> " (bad: " + why + ")").orElse(""));
            }
            return parts.isEmpty() ? "no releases" : Printable.line(String.join(", ", parts));
        }
    }
}
