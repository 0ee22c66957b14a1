package io.efka.agent.artifact;

import java.time.Duration;

/** Hears how a download goes. Called by the download's thread; must not block. */
public interface DownloadListener {
    /**
     * So much is there; called many times a second. The number falls if a source begins anew.
     *
     * @param bytes from 0 to the size of the artifact
     */
    void progress(long bytes);

    /**
     * No source can be used now.
     *
     * @param reason names each source and what is wrong with it
     * @param delay until all are tried again
     */
    void waiting(String reason, Duration delay);
}
