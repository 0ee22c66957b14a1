package io.efka.fleet.cli;

import io.efka.fleet.rollout.Rollouts;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Printable;
import io.efka.protocol.Names;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the commands for rollouts have in common. */
abstract class RolloutCommand extends FleetCommand {
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The group. Default: all to start in, else the one with that rollout")
    private Optional<String> groupText = Optional.empty();

    RolloutCommand(Surroundings surroundings) {
        super(surroundings);
    }

    abstract ExitCode run(Rollouts rollouts) throws FleetException, InterruptedException;

    /** A rollout outlives the connections of whoever steers it. */
    @Override
    final boolean isLasting() {
        return true;
    }

    @Override
    void check() throws FleetException {
        group();
    }

    @Override
    final ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        var operator = new Rollouts.Operator(
                operator(), Long.toHexString(surroundings().chance().nextLong()));
        return run(new Rollouts(session, this::connect, surroundings().wall(), operator, new Lines(session)));
    }

    /** Data to stdout, the rest to stderr. */
    private final class Lines implements Rollouts.Output {
        private final FleetSession session;

        Lines(FleetSession session) {
            this.session = session;
        }

        @Override
        public void print(String line) {
            terminal().out().println(Printable.line(line));
            endUnlessRead(session);
        }

        @Override
        public void say(String line) {
            terminal().say(line);
        }
    }

    final Optional<GroupId> group() {
        return groupText.map(text -> {
            try {
                return new GroupId(text);
            } catch (IllegalArgumentException e) {
                throw wrong("--group", "must be a group's name", text);
            }
        });
    }

    final String legalName(String text) {
        if (!Names.isLegal(text)) {
            throw wrong("NAME", "must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -", text);
        }
        return text;
    }

    /** Who did it, for others to see: {@code ana@ops}. */
    private static String operator() {
        return System.getProperty("user.name", "unknown") + "@" + host();
    }

    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
