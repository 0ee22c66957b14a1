package io.efka.agent.state;

import io.efka.agent.desired.DocumentStore;
import io.efka.agent.supervision.StoreException;
import java.util.List;
import java.util.Map;

/** The documents of the desired state in the state store, by their path. */
public final class StoredDocuments implements DocumentStore {
    static final String MAP = "desired";

    private final StateStore state;

    public StoredDocuments(StateStore state) {
        this.state = state;
    }

    @Override
    public Map<String, String> load() {
        return state.documents(MAP);
    }

    @Override
    public void save(Map<String, String> documents) throws StoreException {
        state.commit(changes(documents));
    }

    @Override
    public void saveFact(Map<String, String> documents) throws StoreException {
        state.commitCritical(changes(documents));
    }

    private static List<Change> changes(Map<String, String> documents) {
        return documents.entrySet().stream()
                .map(document -> Change.put(MAP, document.getKey(), document.getValue()))
                .toList();
    }

    @Override
    public void deleteSoon(List<String> paths) {
        state.commitSoon(paths.stream().map(path -> Change.remove(MAP, path)).toList());
    }
}
