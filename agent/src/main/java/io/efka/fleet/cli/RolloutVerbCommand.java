package io.efka.fleet.cli;

import io.efka.fleet.rollout.Rollouts;
import io.efka.fleet.rollout.Rollouts.Verb;
import io.efka.fleet.session.FleetException;
import io.efka.threads.ExitCode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka rollout pause}, {@code resume}, {@code abort}, {@code promote} and {@code undo}. */
@Command
final class RolloutVerbCommand extends RolloutCommand {
    private final Verb verb;

    @Parameters(paramLabel = "NAME", description = "The rollout")
    private String name = "";

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why, for others to read")
    private String message = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait for devices to go back. Default: 10m")
    private String timeout = "10m";

    RolloutVerbCommand(Surroundings surroundings, Verb verb) {
        super(surroundings);
        this.verb = verb;
    }

    String word() {
        return verb.name().toLowerCase(Locale.ROOT);
    }

    @Override
    void help(Help help) {
        help.shows(
                        purpose(),
                        "efka rollout " + word() + " camera",
                        "efka rollout " + word() + " camera --group berlin -m 'it flickers at night'")
                .notes(
                        "Whoever steers the rollout until then is told so, and stops.",
                        "",
                        "Exit code 0: done; 2: stopped by its limits, or some devices are not back; 3: no such rollout;",
                        "64: not in its state; 69: no broker; 75: taken over, or not all are back in time;",
                        "77: the broker refuses it; 130: ended by Ctrl-C.");
    }

    private String purpose() {
        return switch (verb) {
            case PAUSE -> "Stops a rollout where it is. Devices keep what they have.";
            case RESUME -> "Takes a rollout over, and steers it to its end. Failures so far are accepted.";
            case ABORT -> "Takes a rollout back on all devices at once.";
            case PROMOTE -> "Ends a rollout with success: all devices get it now, without further steps.";
            case UNDO -> "Takes a rollout back that has succeeded, on all devices at once.";
        };
    }

    @Override
    void check() throws FleetException {
        super.check();
        legalName(name);
        duration("--timeout", timeout);
    }

    @Override
    ExitCode run(Rollouts rollouts) throws FleetException, InterruptedException {
        return rollouts.act(verb, group(), name, message, duration("--timeout", timeout));
    }
}
