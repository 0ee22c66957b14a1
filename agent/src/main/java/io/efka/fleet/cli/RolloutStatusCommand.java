package io.efka.fleet.cli;

import io.efka.fleet.rollout.Rollouts;
import io.efka.fleet.session.FleetException;
import io.efka.threads.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka rollout status}. */
@Command(name = "status")
final class RolloutStatusCommand extends RolloutCommand {
    @Parameters(paramLabel = "NAME", description = "The rollout")
    private String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on until the rollout is over or paused")
    private boolean isFollowing;

    RolloutStatusCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows how a rollout stands, and which devices failed.",
                        "efka rollout status camera",
                        "efka rollout status camera --follow",
                        "efka rollout status camera --json | jq .failed")
                .notes(
                        "--json prints the plan as it is in the document.",
                        "",
                        "Exit code 0: it goes on, or has succeeded; 2: stopped by its limits, or gone back;",
                        "3: no such rollout; 69: no broker; 77: the broker refuses it.");
    }

    @Override
    void check() throws FleetException {
        super.check();
        legalName(name);
    }

    @Override
    ExitCode run(Rollouts rollouts) throws FleetException, InterruptedException {
        return rollouts.status(group(), name, isFollowing, isJson);
    }
}
