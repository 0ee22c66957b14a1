package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Supervisors.Ports;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One thing to do after a decision. It decides nothing; the supervisor performs it once the decision is durable. */
sealed interface Effect {

    void perform(Supervisor supervisor);

    /**
     * Begins what may be done while the decision is being made durable; of no consequence should that fail.
     *
     * @param next the service as it will be
     */
    default void prepare(Supervisor supervisor, Service next) {}

    record Launch(RunId run) implements Effect {
        @Override
        public void prepare(Supervisor supervisor, Service next) {
            supervisor.ports().launcher().prepare(next.launchOf(run));
        }

        /** Who waits for the outcome of a launch has one, even if the launcher breaks down. */
        @Override
        public void perform(Supervisor supervisor) {
            try {
                supervisor.ports().launcher().launch(supervisor.service().launchOf(run), supervisor::tell);
            } catch (RuntimeException bug) {
                supervisor.tell(new Event.LaunchFailed(run, "internal error: " + bug));
                throw bug;
            }
        }
    }

    record Adopt(RunRecord recorded) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor
                    .ports()
                    .launcher()
                    .adopt(supervisor.service().launchOf(recorded.run()), recorded, supervisor::tell);
        }
    }

    record SignalTree(RunId run, Signal signal) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().launcher().signalTree(run, signal);
        }
    }

    /** Before the signal: who hears it on its channel may end in its own way. */
    record TellStop(RunId run, Duration grace) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().stopNotifier().stopping(supervisor.service().id(), run, grace);
        }
    }

    record SignalMain(RunId run, Signal signal) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().launcher().signal(run, signal);
        }
    }

    record KillTree(RunId run) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().launcher().killTree(run);
        }
    }

    record RunStopCommand(RunId run, String exec, List<String> args) implements Effect {
        public RunStopCommand {
            args = List.copyOf(args);
        }

        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().launcher().runStopCommand(run, exec, args);
        }
    }

    record WriteInput(RunId run, byte[] bytes, Request request) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.ports().launcher().input(run, bytes, problem -> {
                Optional<Rejection> rejection = problem.map(why -> new Rejection(ErrorCode.BUSY, why));
                supervisor.answer(request, rejection);
            });
        }
    }

    record Probe(RunId run) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            ask(supervisor, true);
        }

        /** A failure that comes later than it could shows that the agent stood still meanwhile: asked once more. */
        private void ask(Supervisor supervisor, boolean mayAskAgain) {
            Ports ports = supervisor.ports();
            Launcher.Launch launch = supervisor.service().launchOf(run);
            Duration limit = launch.manifest().health().timeout().plus(ServiceTimers.TOLERANCE);
            long asked = ports.timers().nanos();
            ports.prober().probe(launch, verdict -> {
                boolean isLate = ports.timers().nanos() - asked > limit.toNanos();
                if (isLate && mayAskAgain && !verdict.healthy()) ask(supervisor, false);
                else supervisor.tell(new Event.HealthReported(run, verdict));
            });
        }
    }

    record ReadManifest() implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            ServiceRecord record = supervisor.service().record();
            supervisor
                    .ports()
                    .manifests()
                    .read(record.id(), record.workDir(), result -> supervisor.tell(new Event.ManifestRead(result)));
        }
    }

    /** Has the other services checked against it, and the dependencies it names reported. */
    record ShareManifest(Manifest manifest) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.share(manifest);
        }
    }

    record SetTimer(TimerKind kind, Duration delay) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.timers().set(kind, delay);
        }
    }

    /** At least {@code least} from now on, and never less than was left. */
    record ProlongTimer(TimerKind kind, Duration least) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.timers().prolong(kind, least);
        }
    }

    /** Every timer of the state that is left. */
    record CancelTimers() implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.timers().cancelAll();
        }
    }

    record CancelTimer(TimerKind kind) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.timers().cancel(kind);
        }
    }

    /** Answers with the status that holds after the step; {@code rejection} empty: done. */
    record Answer(Request request, Optional<Rejection> rejection) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            supervisor.answer(request, rejection);
        }
    }

    record Run(Runnable task) implements Effect {
        @Override
        public void perform(Supervisor supervisor) {
            task.run();
        }
    }

    /** Why a request is not granted. */
    record Rejection(ErrorCode reason, String message) {}
}
