package io.efka.agent.command;

import io.efka.mqtt.Message;
import java.util.concurrent.CompletableFuture;

/** The way out for replies. Thread-safe; never blocks. */
public interface ReplySender {

    /**
     * Sends a reply, again at the next connection if need be.
     *
     * @return completes when the broker has it; fails when it never will in this life of the agent (queue full, closed)
     */
    CompletableFuture<Void> send(Message reply);
}
