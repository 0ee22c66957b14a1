package io.efka.agent.app;

import io.efka.agent.channel.ServiceHolds;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.Hold;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Until;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Has deploys wait for what services say over their channels. */
record ChannelHolds(Deployments deployments) implements ServiceHolds {
    @Override
    public CompletableFuture<Instant> hold(ServiceId service, RunId run, String reason, Optional<Until> until) {
        var request = new Hold.Request(Hold.By.SERVICE, reason, until, Optional.of(run), Optional.empty());
        return deployments
                .hold(service, request)
                .thenApply(placed -> placed.hold().until());
    }

    @Override
    public void release(ServiceId service) {
        deployments.release(service, Hold.By.SERVICE);
    }
}
