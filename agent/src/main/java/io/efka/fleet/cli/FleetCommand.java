package io.efka.fleet.cli;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Terminal;
import io.efka.fleet.view.Target;
import io.efka.protocol.Durations;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Option;

/** What all commands for a fleet have in common: they connect, do their work, and end with an exit code. */
abstract class FleetCommand extends BrokerCommand {
    private static final Duration CONNECT = Duration.ofSeconds(15);

    /** No client may have the id of another. */
    private static final int NAME_DIGITS = 12;

    private static final int NONE = -1;

    /** How soon an answer is noticed. */
    private static final Duration KEY = Duration.ofMillis(50);

    private Optional<Terminal> terminal = Optional.empty();
    private Optional<BrokerOptions.Access> access = Optional.empty();
    private volatile Optional<FleetSession> further = Optional.empty();

    @Option(names = "--json", description = "One JSON object a line, for programs")
    boolean isJson;

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never. Default: auto")
    String colour = "auto";

    FleetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** Does the work, on a session that is connected. */
    abstract ExitCode run(FleetSession session) throws FleetException, InterruptedException;

    /** Looks at the arguments before there is a connection. */
    void check() throws FleetException {}

    /** Whether the command goes on after a lost connection. */
    boolean isLasting() {
        return false;
    }

    /** The client id; the same for two clients that must not both be there. */
    String clientId() {
        String digits = Long.toHexString(surroundings().chance().nextLong() | Long.MIN_VALUE);
        return "efka-cli-" + digits.substring(0, NAME_DIGITS);
    }

    @Override
    public final Integer call() throws InterruptedException {
        terminal = Optional.of(terminal(colours()));
        try {
            check();
            Optional<FleetSession> made = session(clientId());
            if (made.isEmpty()) return ExitCode.USAGE.number();
            FleetSession session = made.get();
            surroundings().interrupts().take(() -> {
                session.interrupt();
                further.ifPresent(FleetSession::interrupt);
            });
            if (isLasting()) session.outlivesLosses();
            try (session) {
                session.connect(CONNECT);
                ExitCode code = run(session);
                return (session.isInterrupted() && code == ExitCode.OK ? interrupted() : code).number();
            }
        } catch (FleetException e) {
            if (e.code() == ExitCode.INTERRUPTED) return interrupted().number();
            terminal().say(String.valueOf(e.getMessage()));
            return e.code().number();
        } finally {
            terminal().out().flush();
        }
    }

    private Optional<FleetSession> session(String name) {
        access = read(name);
        return access.map(there -> new FleetSession(
                surroundings().links().apply(there.broker()),
                there.prefix(),
                name,
                there.broker().uris().size(),
                surroundings().clock()));
    }

    /** A second connection, beside that of {@link #run}; Ctrl-C interrupts it as well. */
    final FleetSession connect(String name) throws FleetException, InterruptedException {
        FleetSession session =
                session(name).orElseThrow(() -> new FleetException(ExitCode.USAGE, "the broker's options are wrong"));
        further = Optional.of(session);
        try {
            session.connect(CONNECT);
            return session;
        } catch (FleetException | InterruptedException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Asks the operator; where nobody can answer, says how to do without. */
    final boolean isConfirmed(FleetSession session, String question) throws FleetException, InterruptedException {
        if (!terminal().canAsk()) {
            terminal().say(question + ": say --yes");
            return false;
        }
        terminal().err().print("efka: " + Printable.line(question) + "? [y/N] ");
        terminal().err().flush();
        // On a thread of its own, so that Ctrl-C is heard. If it is never answered, the thread ends with the process.
        var answer = new CompletableFuture<Integer>();
        var asking = new Thread(() -> answer.complete(typed()), "efka-question");
        asking.setDaemon(true);
        asking.start();
        while (!answer.isDone() && !session.isInterrupted()) session.await(answer::isDone, KEY);
        int key = answer.getNow(NONE);
        return key == 'y' || key == 'Y';
    }

    /** Ends a command whose data nobody reads any more, such as {@code efka logs -f | head}. */
    final void endUnlessRead(FleetSession session) {
        if (terminal().out().checkError()) session.interrupt();
    }

    /** The key, or {@link #NONE}. */
    private int typed() {
        try {
            return surroundings().stdin().read();
        } catch (IOException e) {
            return NONE;
        }
    }

    /** What Ctrl-C ends with: what is followed until then is a success. */
    ExitCode interrupted() {
        return ExitCode.INTERRUPTED;
    }

    Terminal terminal() {
        return terminal.orElseThrow();
    }

    /** The broker that was asked for. */
    BrokerOptions.Access access() {
        return access.orElseThrow();
    }

    private Terminal.Colours colours() {
        return switch (colour) {
            case "auto" -> Terminal.Colours.AUTO;
            case "always" -> Terminal.Colours.ALWAYS;
            case "never" -> Terminal.Colours.NEVER;
            default -> throw wrong("--color", "must be auto, always or never", colour);
        };
    }

    /** The targets as they were typed; all devices if there are none. */
    final List<Target> targets(List<String> texts) {
        var targets = new ArrayList<Target>();
        for (String text : texts) {
            try {
                targets.add(Target.parse(text));
            } catch (IllegalArgumentException e) {
                throw wrong("TARGET", String.valueOf(e.getMessage()), text);
            }
        }
        return targets.isEmpty() ? List.of(Target.ALL) : targets;
    }

    /** All targets must name services. */
    final void requireServices(List<Target> targets) {
        for (Target target : targets) {
            if (target.service().isPresent()) continue;
            throw wrong(
                    "TARGET",
                    "must name a service, as in " + target + "/camera, or " + target + "/* for all",
                    target.toString());
        }
    }

    final Duration duration(String option, String text) {
        return Durations.parse(text)
                .orElseThrow(() -> wrong(option, "must be a duration such as 500ms, 10s, 5m, 24h", text));
    }
}
