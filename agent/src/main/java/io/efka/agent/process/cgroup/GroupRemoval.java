package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.RetryingExecutor;
import java.time.Duration;

/** Removes a group whose last process is just ending: a little later, as the kernel says busy for a moment. */
public record GroupRemoval(RunGroup group, RetryingExecutor work) {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** A second; what is left then goes at the next agent start. */
    private static final int TIMES = 20;

    public void begin() {
        work.after(PAUSE, () -> again(TIMES));
    }

    private void again(int times) {
        if (times > 0 && !group.remove()) work.after(PAUSE, () -> again(times - 1));
    }
}
