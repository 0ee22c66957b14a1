package io.efka.agent.desired;

import io.efka.agent.supervision.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps documents as a store does. */
final class InMemoryDocuments implements DocumentStore {
    private final Map<String, String> documents = new TreeMap<>();

    /** Whether saving fails, as on a full disk; what has happened is saved in the reserve. */
    boolean isFull;

    /** Whether nothing can be saved at all. */
    boolean isBroken;

    /** At which save from now on the agent is killed; 0: at none. */
    int killAt;

    /** Whether it is killed before that save, and not behind it. */
    boolean isKilledBefore;

    Runnable kill = () -> {};
    boolean isDead;

    @Override
    public Map<String, String> load() {
        return Map.copyOf(documents);
    }

    @Override
    public void save(Map<String, String> changed) throws StoreException {
        if (isFull) throw new StoreException("no space left", new IOException("no space left"));
        saveFact(changed);
    }

    @Override
    public void saveFact(Map<String, String> changed) throws StoreException {
        if (isBroken) throw new StoreException("input/output error", new IOException("input/output error"));
        boolean isLast = killAt > 0 && --killAt == 0;
        if (isLast && isKilledBefore) kill.run();
        if (!isDead) documents.putAll(changed);
        if (isLast) kill.run();
    }

    @Override
    public void deleteSoon(List<String> paths) {
        paths.forEach(documents::remove);
    }
}
