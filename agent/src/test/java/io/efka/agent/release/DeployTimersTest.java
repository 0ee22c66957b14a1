package io.efka.agent.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.DeployEvent.TimerFired;
import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeployTimersTest {
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final List<Runnable> due = new ArrayList<>();
    private final List<DeployEvent> told = new ArrayList<>();
    private final DeployTimers timers = new DeployTimers(new Clock(), mailbox::add, told::add);

    /** Fires when the test says so; cancelling comes too late for a task that has fired. */
    private final class Clock implements Timers {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            due.add(task);
            return () -> {};
        }
    }

    private void run() {
        while (!mailbox.isEmpty()) mailbox.remove().run();
    }

    @Test
    void aTimerIsToldOfOnce() {
        timers.set(TimerKind.DEADLINE, Duration.ofSeconds(1));
        due.get(0).run();
        due.get(0).run();
        run();
        assertThat(told).containsExactly(new TimerFired(TimerKind.DEADLINE));
    }

    @Test
    void oneThatFiresWhileAllAreCancelledIsNotToldOf() {
        timers.set(TimerKind.DEADLINE, Duration.ofSeconds(1));
        due.get(0).run();
        timers.cancelAll();
        run();
        assertThat(told).isEmpty();
    }

    @Test
    void oneThatFiresWhileItIsSetAnewIsNotToldOf() {
        timers.set(TimerKind.MIN_HEALTHY, Duration.ofSeconds(1));
        due.get(0).run();
        timers.set(TimerKind.MIN_HEALTHY, Duration.ofSeconds(1));
        run();
        assertThat(told).isEmpty();
        due.get(1).run();
        run();
        assertThat(told).containsExactly(new TimerFired(TimerKind.MIN_HEALTHY));
    }
}
