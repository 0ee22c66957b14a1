package io.efka.agent.output;

import io.efka.agent.output.ship.DiskShare;
import io.efka.agent.output.ship.Shipper;
import io.efka.agent.output.store.LogDisk;
import io.efka.agent.output.store.LogFiles;
import io.efka.agent.output.store.LogReader;
import io.efka.agent.output.store.OffsetStore;
import io.efka.agent.search.SearchPool;
import io.efka.agent.supervision.Logs;
import io.efka.agent.supervision.OutputFiles;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Services' output: stores it on disk, ships it to the broker, and reads it back. It has two threads,
 * {@code agent-output} and {@code agent-output-watch}, from {@link #start()} to {@link #close()}. Thread-safe; only {@code close} and {@code forgetAllBut} block.
 */
public final class Output implements AutoCloseable {
    private final LongSupplier maxPacket;
    private final Shipper shipper;
    private final LogFiles files;

    /** @param folder contains one folder per service */
    public Output(Path folder, OffsetStore offsets, MqttLink link, Topics topics, Events events, Timers timers) {
        this(folder, offsets, link, topics, events, timers, LogDisk.of(folder));
    }

    Output(Path folder, OffsetStore offsets, MqttLink link, Topics topics, Events events, Timers timers, LogDisk disk) {
        Map<String, Long> acknowledged = Map.copyOf(offsets.load());
        this.maxPacket = link::maxPacket;
        shipper = new Shipper(offsets, acknowledged, link, topics, events, timers, new DiskShare(disk.free()));
        files = new LogFiles(folder, acknowledged, disk, shipper);
    }

    /** For whoever starts services. */
    public OutputFiles files() {
        return files;
    }

    /** For whoever reads logs; each query is a search of that pool. */
    public Logs logs(SearchPool searches) {
        LogReader reader = reader();
        return (id, query) -> searches.run(budget -> reader.read(id, query, budget));
    }

    LogReader reader() {
        return new LogReader(files, maxPacket);
    }

    /**
     * Deletes the output of services that are not installed. Blocks; to be called once, before any service is
     * registered. Not for a folder that others may write to.
     */
    public void forgetAllBut(Set<ServiceId> installed) {
        files.forgetAllBut(installed);
    }

    /** Begins to ship as soon as there is a connection. To be called once. */
    public void start() {
        shipper.start();
    }

    /** The link is up: shipping continues at the acknowledged offsets. */
    public void connected() {
        shipper.connected();
    }

    /** The link is down. */
    public void disconnected() {
        shipper.disconnected();
    }

    /**
     * Ships for one more second at most, if there is a connection, saves the offsets and ends both threads, within 4
     * seconds. The link and the store must still be open. Idempotent.
     */
    @Override
    public void close() {
        shipper.close();
    }
}
