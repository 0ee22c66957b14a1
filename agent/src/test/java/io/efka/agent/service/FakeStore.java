package io.efka.agent.service;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps records in memory; can be made to fail, as a full disk does. Thread-safe. */
public final class FakeStore implements ServiceStore {
    private final Map<ServiceId, ServiceRecord> records = new LinkedHashMap<>();
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
        if (reserveUsedUp) failIfFull();
        saves++;
        records.put(record.id(), record);
    }

    @Override
    public synchronized void delete(ServiceId id) throws StoreException {
        failIfFull();
        records.remove(id);
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
