package io.efka.agent.channel;

import io.efka.protocol.CommandException;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Until;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What services say about being stopped for a deploy. Thread-safe; never blocks. */
public interface ServiceHolds {

    /**
     * A run of a service must not be stopped for a deploy now.
     *
     * @param until empty: as long as the device allows
     * @return completes with the hold's end when it stands and is durable, or with a {@link CommandException}
     */
    CompletableFuture<Instant> hold(ServiceId service, RunId run, String reason, Optional<Until> until);

    /** It may be stopped for a deploy again. */
    void release(ServiceId service);
}
