package io.efka.agent.artifact;

import java.io.IOException;

/** The disk of the cache failed, and not the network: another source does not help. */
final class DiskFailure extends IOException {
    DiskFailure(IOException cause) {
        super(cause);
    }

    IOException reason() {
        return getCause() instanceof IOException reason ? reason : this;
    }
}
