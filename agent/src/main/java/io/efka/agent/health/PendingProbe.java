package io.efka.agent.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.Prober.Verdict;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** One health check that is under way: answered once, at the latest when its time is over. Thread-safe. */
final class PendingProbe {
    private final Consumer<Verdict> answer;

    @GuardedBy("this") private Optional<Timers.Timer> alarm = Optional.empty();

    @GuardedBy("this") private Optional<Runnable> whenLate = Optional.empty();

    @GuardedBy("this") private boolean answered;

    @GuardedBy("this") private boolean late;

    PendingProbe(Consumer<Verdict> answer) {
        this.answer = answer;
    }

    /** Answers "no" after {@code timeout}, and ends what still asks. */
    void arm(Timers timers, Duration timeout) {
        Timers.Timer set = timers.schedule(timeout, () -> beLate(timeout));
        synchronized (this) {
            alarm = Optional.of(set);
        }
    }

    private void beLate(Duration timeout) {
        Optional<Runnable> end;
        synchronized (this) {
            late = !answered;
            end = late ? whenLate : Optional.empty();
        }
        answer(false, "no answer within " + timeout.toMillis() + " ms");
        end.ifPresent(Runnable::run);
    }

    /** How to end what asks; done at once if it is too late already. */
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

    /** Gives the answer, if there was none yet. */
    void answer(boolean healthy, String detail) {
        Optional<Timers.Timer> set;
        synchronized (this) {
            if (answered) return;
            answered = true;
            set = alarm;
        }
        set.ifPresent(Timers.Timer::cancel);
        answer.accept(new Verdict(healthy, detail));
    }
}
