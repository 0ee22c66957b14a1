package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.view.Target;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code efka start}, {@code stop} and the like: a command to services that needs nothing but their names. */
@Command
final class VerbCommand extends RequestCommand {
    private final Verb verb;

    /** What can be done. */
    enum Verb {
        START("Starts services, and keeps them running.", false),
        STOP("Stops services until they are started again.", true),
        RESTART("Stops services and starts them again.", true),
        RESET("Forgets the failures of services, and tries again at once.", false),
        ENABLE("Starts services when their agent starts, if they should run.", false),
        DISABLE("Does not start services when their agent starts.", false),
        REMOVE("Stops services and deletes them, with their data.", true),
        CONFIRM("Ends the watching of releases with success.", false),
        CANCEL("Ends deploys that are under way.", true),
        RELEASE_HOLD("Lets deploys go on that were held.", false);

        private final String purpose;
        private final boolean isHarmful;

        Verb(String purpose, boolean isHarmful) {
            this.purpose = purpose;
            this.isHarmful = isHarmful;
        }

        String command() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    VerbCommand(Surroundings surroundings, Verb verb) {
        super(surroundings);
        this.verb = verb;
    }

    @Override
    void help(Help help) {
        String name = verb.command();
        help.shows(
                        verb.purpose,
                        "efka " + name + " gate7/camera",
                        "efka " + name + " '@berlin/cam*' --yes",
                        "efka " + name + " gate7/camera,gate8/camera --json")
                .notes(
                        "A line for each answer. Devices that are offline are named, and nothing is sent to them.",
                        "",
                        "Exit code 0: all did it; 1: one answered an error; 3: nothing matches; 69: no broker;",
                        "75: not all have answered, or some are offline; 77: the broker refuses it.");
    }

    @Override
    String command() {
        return verb.command();
    }

    @Override
    JsonObject arguments() {
        return new JsonObject();
    }

    @Override
    boolean isForServices(List<Target> targets) {
        return true;
    }

    @Override
    boolean isHarmful() {
        return verb.isHarmful;
    }
}
