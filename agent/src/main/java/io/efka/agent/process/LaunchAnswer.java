package io.efka.agent.process;

import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The one answer to a launch: that it worked, failed, or took too long. So a service does not stay in {@code starting} for
 * ever, whatever its launch waits for (a dead disk, a silent name service). Thread-safe.
 */
final class LaunchAnswer {
    /** A launch takes milliseconds; behind a thousand others, seconds. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Launch launch;
    private final Consumer<Event> tell;
    private final AtomicBoolean given = new AtomicBoolean();
    private final Timers.Timer timeout;

    LaunchAnswer(Launch launch, Consumer<Event> tell, Timers timers) {
        this.launch = launch;
        this.tell = tell;
        this.timeout = timers.schedule(LIMIT, this::expire);
    }

    private void expire() {
        fail("it was not launched within " + LIMIT.toSeconds() + " s: something that it needs does not answer");
    }

    /** Whether the launch may be told to have worked. If not, it counts as failed: what was started must be ended. */
    boolean claim() {
        timeout.cancel();
        return given.compareAndSet(false, true);
    }

    /** Tells that it failed, unless it was answered already. */
    void fail(String why) {
        if (claim()) tell.accept(new Event.LaunchFailed(launch.run(), why));
    }

    boolean isGiven() {
        return given.get();
    }

    /** Who hears what comes after the answer. */
    Consumer<Event> listener() {
        return tell;
    }
}
