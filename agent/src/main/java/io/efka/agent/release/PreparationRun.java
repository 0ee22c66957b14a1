package io.efka.agent.release;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.artifact.Cancellation;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One release that is being prepared, step by step, on threads that may wait. Thread-safe. */
final class PreparationRun {
    private static final Logger LOG = LoggerFactory.getLogger(PreparationRun.class);

    private final ServiceId id;
    private final Executor mailbox;
    private final Consumer<DeployEvent> tell;
    private final Cancellation cancellation = new Cancellation();

    /** Completes when no step is at work. */
    @GuardedBy("this") private CompletableFuture<?> steps = CompletableFuture.completedFuture(true);

    /** @param tell called on the mailbox; not after {@link #cancel} */
    PreparationRun(ServiceId id, Executor mailbox, Consumer<DeployEvent> tell) {
        this.id = id;
        this.mailbox = mailbox;
        this.tell = tell;
    }

    /** Something that may wait. */
    interface Step {
        void run() throws CommandException;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /**
     * Ends it, whatever it is doing, and tells nothing any more. Called on the mailbox.
     *
     * @return completes when nothing of it is at work any more
     */
    CompletableFuture<?> cancel() {
        cancellation.cancel();
        return steps();
    }

    private synchronized CompletableFuture<?> steps() {
        return steps;
    }

    /** Before the step looks whether all is cancelled. */
    private synchronized CompletableFuture<Boolean> begun() {
        var done = new CompletableFuture<Boolean>();
        steps = CompletableFuture.allOf(steps, done);
        return done;
    }

    void tell(DeployEvent event) {
        mailbox.execute(() -> {
            if (!cancellation.isCancelled()) tell.accept(event);
        });
    }

    void failed(CommandException refusal) {
        tell(new DeployEvent.PreparationFailed(Problem.of(refusal)));
    }

    /**
     * Runs a step on another thread, unless all is cancelled; what it throws is told.
     *
     * @param lastly run in any case, after the step and before a failure is told
     */
    void on(Executor threads, Step step, Runnable lastly) {
        CompletableFuture<Boolean> done = begun();
        try {
            threads.execute(() -> {
                Optional<CommandException> refusal = Optional.empty();
                try {
                    refusal = run(step);
                } finally {
                    lastly.run();
                    done.complete(true);
                }
                refusal.ifPresent(this::failed);
            });
        } catch (RejectedExecutionException noThread) {
            lastly.run();
            done.complete(true);
            failed(new CommandException(ErrorCode.BUSY, "the machine has no thread to prepare a release"));
        }
    }

    /** Returns why it failed. */
    private Optional<CommandException> run(Step step) {
        try {
            if (!cancellation.isCancelled()) step.run();
            return Optional.empty();
        } catch (CommandException refusal) {
            return Optional.of(refusal);
        } catch (CancellationException cancelled) {
            return Optional.empty(); // whoever cancelled has been told
        } catch (RuntimeException bug) { // whoever waits for the deploy gets an answer
            LOG.error("service={} preparing a release: internal error", id, bug);
            return Optional.of(new CommandException(ErrorCode.INTERNAL, "internal error: " + bug));
        }
    }
}
