package io.efka.fleet.rollout;

import io.efka.fleet.rollout.GroupDocuments.DocumentName;
import io.efka.fleet.rollout.RolloutControl.Beginning;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Steers one rollout through lost connections. While it is away, somebody else may have taken over; it looks before it comes back, with
 * another client id, since coming back would throw the other one out. Runs on the thread of its command.
 */
final class Steering {
    private static final Duration LONG = Duration.ofDays(365);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final FleetSession observer;
    private final GroupDocuments documents;
    private final Rollouts.Sessions sessions;
    private final InstantSource wall;
    private final Rollouts.Operator operator;
    private final Rollouts.Output output;

    private Optional<Rollout> published = Optional.empty();

    /** @param observer connects again by itself */
    Steering(
            FleetSession observer,
            GroupDocuments documents,
            Rollouts.Sessions sessions,
            InstantSource wall,
            Rollouts.Operator operator,
            Rollouts.Output output) {
        this.observer = observer;
        this.documents = documents;
        this.sessions = sessions;
        this.wall = wall;
        this.operator = operator;
        this.output = output;
    }

    /** As {@link RolloutControl#run}, over as many connections as it takes. */
    Rollout run(DocumentName key, Beginning beginning, Optional<RolloutEvent> asked, Optional<Duration> limit)
            throws FleetException, InterruptedException {
        Beginning next = beginning;
        Optional<RolloutEvent> event = asked;
        while (true) {
            try {
                return once(key, next, event, limit);
            } catch (FleetException e) {
                if (e.code() == ExitCode.BUSY && published.isPresent()) awaitOther(key);
                if (e.code() != ExitCode.UNAVAILABLE || published.isEmpty()) throw e;
                output.say(e.getMessage() + "; devices go on by themselves. Trying again");
                requireMine(key);
                next = this::again;
                event = Optional.of(new RolloutEvent.ResumeAsked());
            }
        }
    }

    private Rollout once(DocumentName key, Beginning beginning, Optional<RolloutEvent> asked, Optional<Duration> limit)
            throws FleetException, InterruptedException {
        try (FleetSession session = sessions.open(clientId(key))) {
            var control = new RolloutControl(
                    session,
                    key.group(),
                    key.name(),
                    operator.id(),
                    published.isPresent(),
                    wall,
                    new ProgressLines(output));
            try {
                return control.run(beginning, asked, limit);
            } finally {
                published = control.published().or(() -> published);
            }
        }
    }

    /** The broker tells that somebody has taken over, and only the document who: it comes a moment later. */
    private void awaitOther(DocumentName key) throws FleetException, InterruptedException {
        for (int i = 0; i < 5 && isMine(key); i++) observer.await(() -> false, Duration.ofSeconds(1));
    }

    /** The same for every controller of a rollout: the broker lets only one of them stay. */
    static String clientId(DocumentName key) {
        boolean isAll = key.group().equals(GroupId.ALL);
        return "efka-rollout-" + (isAll ? "" : key.group() + ".") + key.name();
    }

    private void requireMine(DocumentName key) throws FleetException, InterruptedException {
        do {
            observer.await(() -> false, PAUSE);
            if (!observer.await(observer::isConnected, LONG) || observer.isInterrupted()) {
                throw new FleetException(
                        ExitCode.INTERRUPTED, "interrupted; go on with: efka rollout resume " + key.name());
            }
        } while (!isMine(key));
    }

    /** @return false: the connection is lost again, or nothing answers on it */
    private boolean isMine(DocumentName key) throws FleetException, InterruptedException {
        Optional<Rollout> now;
        try {
            byte[] payload = documents
                    .read(Optional.of(key.group()), Optional.of(key.name()))
                    .getOrDefault(key, new byte[0]);
            now = Rollout.of(key.group(), GroupDocument.parse(payload));
        } catch (FleetException e) {
            if (e.code() == ExitCode.UNAVAILABLE) return false;
            throw e;
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.BUSY, "somebody has published another document: " + e.getMessage());
        }
        Optional<RolloutPlan.Controller> other =
                now.map(one -> one.plan().controller()).filter(one -> !one.id().equals(operator.id()));
        if (other.isPresent()) {
            throw new FleetException(
                    ExitCode.BUSY,
                    other.get().by() + " has taken over meanwhile (epoch "
                            + other.get().epoch() + "); this command steers no more");
        }
        return true;
    }

    /** A broker that has lost its memory gets the document again. */
    private Rollout again(GroupDocument present) {
        Rollout latest = published.orElseThrow();
        Rollout found = Rollout.of(latest.group(), present).orElse(latest);
        return found.controlledBy(operator.by(), operator.id());
    }

    /** A line for each change. */
    private static final class ProgressLines implements RolloutControl.Progress {
        private final Rollouts.Output output;
        private String latest = "";

        ProgressLines(Rollouts.Output output) {
            this.output = output;
        }

        @Override
        public void incomplete(GroupId group, int devices) {
            output.say(RolloutText.incomplete(group, devices));
        }

        @Override
        public void published(Rollout rollout) {
            RolloutState state = rollout.plan().state();
            if (state instanceof Running || state instanceof Returning) say(RolloutText.published(rollout));
        }

        @Override
        public void assessed(Rollout rollout, Assessment assessment) {
            boolean isReturning = rollout.plan().state() instanceof Returning && !assessment.isBack();
            if (rollout.share().signum() > 0 || isReturning) {
                say(RolloutText.assessed(rollout, assessment));
            }
        }

        private void say(String line) {
            if (!line.equals(latest)) output.say(line);
            latest = line;
        }
    }
}
