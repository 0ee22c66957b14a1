package io.efka.agent.state;

import io.efka.agent.supervision.StoreException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Numbers the starts of the agent, so that what an earlier one left at the broker can be recognised. */
public final class SessionCounter {
    private static final Logger LOG = LoggerFactory.getLogger(SessionCounter.class);
    private static final String MAP = "agent";
    private static final String KEY = "session";

    private final StateStore state;

    public SessionCounter(StateStore state) {
        this.state = state;
    }

    /**
     * One more than ever before, from 1. Called once a start. Durable when it returns, or, where there is no room, as soon
     * as there is some: a full disk must not keep services from being supervised.
     */
    public long next() {
        long next = last() + 1;
        List<Change> change = List.of(Change.put(MAP, KEY, Long.toString(next)));
        try {
            state.commit(change);
        } catch (StoreException e) {
            LOG.warn("session {} is not saved yet: {}", next, e.getMessage());
            state.commitSoon(change);
        }
        return next;
    }

    private long last() {
        String last = state.documents(MAP).getOrDefault(KEY, "0");
        try {
            return Long.parseLong(last);
        } catch (NumberFormatException e) {
            LOG.warn("the session begins at 1 again: its last number cannot be read, was {}", last);
            return 0;
        }
    }
}
