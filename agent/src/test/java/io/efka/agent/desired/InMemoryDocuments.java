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

    @Override
    public Map<String, String> load() {
        return Map.copyOf(documents);
    }

    @Override
    public void save(Map<String, String> changed) throws StoreException {
        if (isFull) throw new StoreException("no space left", new IOException("no space left"));
        documents.putAll(changed);
    }

    @Override
    public void saveFact(Map<String, String> changed) {
        documents.putAll(changed);
    }

    @Override
    public void deleteSoon(List<String> paths) {
        paths.forEach(documents::remove);
    }
}
