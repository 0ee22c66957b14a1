package io.efka.agent.release;

import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a deploy is told. */
sealed interface DeployEvent {
    /** Double dispatch: a state does not compile before it has answered every event. */
    DeployStep applyTo(DeployState state, Deploy deploy, Instant now);

    enum TimerKind {
        /** The release has been healthy for long enough. */
        MIN_HEALTHY,
        /** By now it had to be. */
        DEADLINE,
        /** By now somebody had to confirm it. */
        CONFIRM,
        /** A switch back that the device refused is tried again. */
        RETRY
    }

    /** Preparing it got further. */
    record StageReached(Preparing.Stage stage, Optional<Preparing.Transfer> transfer) implements DeployEvent {
        StageReached(Preparing.Stage stage) {
            this(stage, Optional.empty());
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /**
     * The release is unpacked, checked and on disk; from its manifest it has its name.
     *
     * @param artifact that it was unpacked from
     */
    record Prepared(ReleaseId target, Optional<Sha256> artifact) implements DeployEvent {
        Prepared(ReleaseId target) {
            this(target, Optional.empty());
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** It could not be fetched, or is not what it should be. */
    record PreparationFailed(DeployResult.Problem problem) implements DeployEvent {
        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /**
     * No other command to the service is under way, and none begins before the switch is done.
     *
     * @param current the release that is current now
     * @param isWanted whether the service is to run
     * @param holds that the deploy must wait for
     */
    record TurnCame(Optional<ReleaseId> current, boolean isWanted, List<Hold> holds) implements DeployEvent {
        public TurnCame {
            holds = List.copyOf(holds);
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** Other holds stand than before; the deploy must wait for {@code holds}. */
    record HoldsChanged(List<Hold> holds) implements DeployEvent {
        public HoldsChanged {
            holds = List.copyOf(holds);
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** The release is current, and the service starts if it is to run. */
    record Switched() implements DeployEvent {
        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** The switch could not be done; which release is current is not known. */
    record SwitchFailed(DeployResult.Problem problem) implements DeployEvent {
        /** Whether the device is to blame and not the release: its disk, or a process that does not end. */
        boolean isPassing() {
            return switch (problem.code()) {
                case DISK_FULL, INTERNAL, NOT_ALLOWED, STOP_TIMEOUT, BUSY -> true;
                default -> false;
            };
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** The service was seen. */
    record Observed(Sight sight, String detail) implements DeployEvent {
        /** Of a service's output in a message: a few lines. */
        private static final int MAX_TAIL = 400;

        static Observed of(ServiceStatus status) {
            return new Observed(sight(status), detail(status));
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }

        private static Sight sight(ServiceStatus status) {
            return switch (status.state()) {
                case RUNNING ->
                    status.ready() && status.health() != ServiceStatus.HealthState.UNHEALTHY
                            ? Sight.HEALTHY
                            : Sight.NOT_YET;
                case COMPLETED, SCHEDULED -> Sight.DONE;
                case FAILED -> Sight.FAILED;
                case STOPPED -> status.desired() == Desired.STOPPED ? Sight.UNWANTED : Sight.NOT_YET;
                case STARTING, STOPPING, BACKOFF -> Sight.NOT_YET;
            };
        }

        /** What it did, with the end of its output where it ended. */
        private static String detail(ServiceStatus status) {
            String state = status.state().name().toLowerCase(Locale.ROOT);
            if (status.run().isPresent() || status.lastExit().isEmpty()) {
                return state
                        + status.cause().message().map(why -> " (" + why + ")").orElse("");
            }
            var exit = status.lastExit().get().exit();
            String how = exit.signal()
                    .map(signal -> "ended by " + signal.name())
                    .orElseGet(() -> "ended with exit code " + exit.code().orElse(0));
            String tail = exit.tail().strip();
            return state + ", " + how + (tail.isEmpty() ? "" : ", its last output: " + excerpt(tail));
        }

        private static String excerpt(String text) {
            return text.length() <= MAX_TAIL ? text : "…" + text.substring(text.length() - MAX_TAIL);
        }
    }

    /** How a service looks to who watches a release. */
    enum Sight {
        /** Running, ready and not unhealthy. */
        HEALTHY,
        /** Not yet, or not any more; it may come. */
        NOT_YET,
        /** It will not come by itself: its launch failed for good, or it gave up. */
        FAILED,
        /** It ended as it should: a oneshot. */
        DONE,
        /** Nobody wants it to run. */
        UNWANTED
    }

    record TimerFired(TimerKind kind) implements DeployEvent {
        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** An operator confirms that the release is good. */
    record ConfirmAsked() implements DeployEvent {
        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** An operator cancels, or another deploy takes its place: {@code outcome} says which. */
    record EndAsked(DeployResult.Outcome outcome, String why) implements DeployEvent {
        static EndAsked supersededBy(DeployRequest request) {
            String command = request.commandId().map(it -> " (" + it + ")").orElse("");
            return new EndAsked(DeployResult.Outcome.SUPERSEDED, "another deploy took its place" + command);
        }

        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }

    /** An agent has started, and finds this deploy. */
    record AgentStarted() implements DeployEvent {
        @Override
        public DeployStep applyTo(DeployState state, Deploy deploy, Instant now) {
            return state.on(this, deploy, now);
        }
    }
}
