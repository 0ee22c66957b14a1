package io.efka.agent.release;

import io.efka.agent.artifact.DownloadListener;
import io.efka.agent.release.Preparing.Transfer;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;

/** Tells a deploy how far its download is, not too often. Used by one thread after the other. */
final class TransferNews implements DownloadListener {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final PreparationRun run;
    private final Timers timers;
    private final long size;
    private long bytes;
    private Optional<String> waiting = Optional.empty();
    private boolean isTold;
    private long toldAt;

    /** @param size of the artifact */
    TransferNews(PreparationRun run, Timers timers, long size) {
        this.run = run;
        this.timers = timers;
        this.size = size;
    }

    @Override
    public void progress(long now) {
        bytes = now;
        waiting = Optional.empty();
        tell();
    }

    @Override
    public void waiting(String reason, Duration delay) {
        waiting = Optional.of(reason);
        tell();
    }

    private void tell() {
        if (isTold && timers.nanos() - toldAt < INTERVAL.toNanos()) return;
        isTold = true;
        toldAt = timers.nanos();
        run.tell(new DeployEvent.StageReached(
                Preparing.Stage.DOWNLOADING, Optional.of(new Transfer(bytes, size, waiting))));
    }
}
