package io.efka.agent.command;

import io.efka.agent.command.ledger.LedgerStore;
import io.efka.agent.supervision.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A ledger's disk, which outlives the agent: what was only to be saved soon is lost with it. */
public final class FakeDisk {
    public final Map<String, String> durable = new TreeMap<>();
    private final List<Runnable> soon = new ArrayList<>();
    public boolean isFull;
    public boolean isReserveUsedUp;

    /** The store of one life of the agent. */
    public LedgerStore store(KillSwitch kill) {
        soon.clear();
        return new LedgerStore() {
            @Override
            public Map<String, String> load() {
                return Map.copyOf(durable);
            }

            @Override
            public void save(String id, String document) throws StoreException {
                kill.touch();
                if (isFull) throw new StoreException("No space left on device", new IOException("ENOSPC"));
                soon.forEach(Runnable::run);
                soon.clear();
                durable.put(id, document);
                kill.touch();
            }

            @Override
            public void saveToReserve(String id, String document) throws StoreException {
                if (isReserveUsedUp || !isFull) {
                    save(id, document);
                    return;
                }
                kill.touch();
                durable.put(id, document);
                kill.touch();
            }

            @Override
            public void saveSoon(String id, String document) {
                kill.touch();
                soon.add(() -> durable.put(id, document));
            }

            @Override
            public void delete(Collection<String> ids) {
                kill.touch();
                soon.add(() -> durable.keySet().removeAll(ids));
            }
        };
    }

    public void sync() {
        soon.forEach(Runnable::run);
        soon.clear();
    }
}
