package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps records in memory; can be made to fail, as a full disk does. Thread-safe. */
public final class FakeStore implements ServiceStore {
    private final Map<ServiceId, ServiceRecord> records = new LinkedHashMap<>();
    private final Set<ServiceId> removals = new HashSet<>();
    /** Called before a fact is saved. */
    public Runnable onSave = () -> {};

    private boolean full;
    private boolean reserveUsedUp;
    private int saves;

    @Override
    public synchronized List<ServiceRecord> load() {
        return List.copyOf(records.values());
    }

    @Override
    public synchronized void save(ServiceRecord record) throws StoreException {
        failIfFull();
        saves++;
        records.put(record.id(), record);
    }

    @Override
    public synchronized void saveFact(ServiceRecord record) throws StoreException {
        onSave.run();
        if (reserveUsedUp) failIfFull();
        saves++;
        records.put(record.id(), record);
    }

    @Override
    public synchronized void delete(ServiceId id) throws StoreException {
        if (reserveUsedUp) failIfFull();
        records.remove(id);
    }

    @Override
    public synchronized void add(ServiceRecord record) throws StoreException {
        save(record);
    }

    @Override
    public synchronized void beginRemoval(ServiceId id) throws StoreException {
        if (reserveUsedUp) failIfFull();
        removals.add(id);
    }

    @Override
    public synchronized Set<ServiceId> removals() {
        return Set.copyOf(removals);
    }

    @Override
    public synchronized void endRemoval(ServiceId id) {
        removals.remove(id);
    }

    private void failIfFull() throws StoreException {
        if (full) throw new StoreException("no space left on device", new IOException("ENOSPC"));
    }

    public synchronized void full(boolean isFull) {
        full = isFull;
    }

    /** From now on facts are refused as well when the disk is full. */
    public synchronized void useUpReserve() {
        reserveUsedUp = true;
    }

    public synchronized int saves() {
        return saves;
    }

    public synchronized ServiceRecord record(ServiceId id) {
        ServiceRecord record = records.get(id);
        if (record == null) throw new AssertionError("nothing is saved of " + id + ", but " + records.keySet());
        return record;
    }
}
