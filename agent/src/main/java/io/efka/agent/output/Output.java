package io.efka.agent.output;

import io.efka.agent.output.ship.DiskShare;
import io.efka.agent.output.ship.Shipper;
import io.efka.agent.output.store.LogDisk;
import io.efka.agent.output.store.LogFiles;
import io.efka.agent.output.store.LogQueries;
import io.efka.agent.output.store.LogReader;
import io.efka.agent.output.store.OffsetStore;
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
 * Services' output: kept on disk, shipped to the broker, and read back. Two threads, {@code agent-output} and
 * {@code agent-output-watch}, from {@link #start()} to {@link #close()}, and up to two more, {@code agent-logs}, while logs
 * are read. Thread-safe; nothing but {@code close} blocks.
 */
public final class Output implements AutoCloseable {
    private final LongSupplier maxPacket;
    private final Shipper shipper;
    private final LogFiles files;
    private final LogQueries logs;

    /** @param folder every service has a folder of its own in it */
    public Output(Path folder, OffsetStore offsets, MqttLink link, Topics topics, Events events, Timers timers) {
        this(folder, offsets, link, topics, events, timers, LogDisk.of(folder));
    }

    Output(Path folder, OffsetStore offsets, MqttLink link, Topics topics, Events events, Timers timers, LogDisk disk) {
        Map<String, Long> acknowledged = Map.copyOf(offsets.load());
        this.maxPacket = link::maxPacket;
        shipper = new Shipper(offsets, acknowledged, link, topics, events, timers, new DiskShare(disk.free()));
        files = new LogFiles(folder, acknowledged, disk, shipper);
        logs = new LogQueries(
                reader(), timers, System::nanoTime, Runtime.getRuntime().availableProcessors());
    }

    /** The port for those who start services. */
    public OutputFiles files() {
        return files;
    }

    /** The port for those who ask for what was written. */
    public Logs logs() {
        return logs;
    }

    LogReader reader() {
        return new LogReader(files, maxPacket);
    }

    /**
     * Deletes the output of services that are not installed. Blocks for that; called once, before any service is known.
     * Not for a folder that others may write in.
     */
    public void forgetAllBut(Set<ServiceId> installed) {
        files.forgetAllBut(installed);
    }

    /** Begins to ship as soon as there is a connection. Called once. */
    public void start() {
        shipper.start();
    }

    /** Tells that the link is up: shipping goes on at what the broker has acknowledged. */
    public void connected() {
        shipper.connected();
    }

    /** Tells that the link is down. */
    public void disconnected() {
        shipper.disconnected();
    }

    /**
     * Ships what is there for a second at most if there is a connection, saves the offsets and ends both threads, within
     * 4 seconds. The link must still be open, and the store. Idempotent.
     */
    @Override
    public void close() {
        logs.close();
        shipper.close();
    }
}
