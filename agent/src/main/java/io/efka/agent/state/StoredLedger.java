package io.efka.agent.state;

import io.efka.agent.command.ledger.LedgerStore;
import io.efka.agent.supervision.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The ledger's entries in the state store, by command id. */
public final class StoredLedger implements LedgerStore {
    private static final String MAP = "ledger";

    private final StateStore state;

    public StoredLedger(StateStore state) {
        this.state = state;
    }

    @Override
    public Map<String, String> load() {
        return state.documents(MAP);
    }

    @Override
    public void save(String id, String document) throws StoreException {
        state.commit(List.of(Change.put(MAP, id, document)));
    }

    @Override
    public void saveToReserve(String id, String document) throws StoreException {
        state.commitCritical(List.of(Change.put(MAP, id, document)));
    }

    @Override
    public void saveSoon(String id, String document) {
        state.commitSoon(List.of(Change.put(MAP, id, document)));
    }

    @Override
    public void delete(Collection<String> ids) {
        state.commitSoon(ids.stream().map(id -> Change.remove(MAP, id)).toList());
    }
}
