package io.efka.agent.command.handler;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What this device has retained at the broker. Thread-safe; never blocks. */
public interface RetainedTopics {

    /**
     * Clears all of it, for a device that is decommissioned. From now on the agent publishes nothing retained, takes no
     * further command and leaves no farewell: it is to be ended next.
     *
     * @return completes within seconds, never exceptionally
     */
    CompletableFuture<Cleared> clear();

    /**
     * What became of it.
     *
     * @param count topics that the broker has cleared
     * @param left topics that it may still have, each with the reason
     */
    record Cleared(int count, Map<String, String> left) {
        public Cleared {
            left = Map.copyOf(left);
        }
    }
}
