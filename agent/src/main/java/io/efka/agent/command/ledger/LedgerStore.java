package io.efka.agent.command.ledger;

import io.efka.agent.supervision.StoreException;
import java.util.Collection;
import java.util.Map;

/** Keeps the ledger's entries, as JSON documents by command id. Thread-safe. */
public interface LedgerStore {

    /** Every entry that was saved and not deleted. */
    Map<String, String> load();

    /** Saves an entry in place of the earlier one; durable when it returns (takes the time of a disk sync). */
    void save(String id, String document) throws StoreException;

    /** As {@link #save}, for what took effect or makes room: also on a full disk, until a reserve is used up. */
    void saveToReserve(String id, String document) throws StoreException;

    /** Saves an entry; durable with the next durable change, or within a second. Never blocks on a sync. */
    void saveSoon(String id, String document);

    /** Forgets entries, with the durability of {@link #saveSoon}. */
    void delete(Collection<String> ids);
}
