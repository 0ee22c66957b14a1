package io.efka.agent.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.Prober.Verdict;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** One health check without an answer yet. It is answered once, when it times out at the latest. Thread-safe. */
final class PendingProbe {
    private final Consumer<Verdict> answer;

    @GuardedBy("this") private Optional<Timers.Timer> timer = Optional.empty();

    @GuardedBy("this") private Optional<Runnable> whenLate = Optional.empty();

    @GuardedBy("this") private boolean answered;

    @GuardedBy("this") private boolean late;

    PendingProbe(Consumer<Verdict> answer) {
        this.answer = answer;
    }

    /** Answers "unhealthy" after {@code timeout}, and cancels the probe. */
    void startTimer(Timers timers, Duration timeout) {
        Timers.Timer set = timers.schedule(timeout, () -> expire(timeout));
        synchronized (this) {
            timer = Optional.of(set);
        }
    }

    private void expire(Duration timeout) {
        Optional<Runnable> end;
        synchronized (this) {
            late = !answered;
            end = late ? whenLate : Optional.empty();
        }
        answer(false, "no answer within " + timeout.toMillis() + " ms");
        end.ifPresent(Runnable::run);
    }

    /** Sets how to cancel the probe. Does it at once if the time is over already. */
    void whenLate(Runnable end) {
        boolean now;
        synchronized (this) {
            whenLate = Optional.of(end);
            now = late;
        }
        if (now) end.run();
    }

    synchronized boolean isAnswered() {
        return answered;
    }

    /** Gives the answer, unless there is one already. */
    void answer(boolean healthy, String detail) {
        Optional<Timers.Timer> set;
        synchronized (this) {
            if (answered) return;
            answered = true;
            set = timer;
        }
        set.ifPresent(Timers.Timer::cancel);
        answer.accept(new Verdict(healthy, detail));
    }
}
