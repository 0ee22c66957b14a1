package io.efka.agent.telemetry;

import io.efka.protocol.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Measures the machine and the runs on it. Thread-safe; a sample takes well under a millisecond a process. */
public interface Meters {

    /** The machine now. */
    Host host();

    /** The disk that holds the data folder, now. */
    Disk disk();

    /** The inodes of that disk: each file takes one, however small. Empty where nobody knows. Takes some milliseconds. */
    Optional<Inodes> inodes();

    /** A run's whole process tree now; empty when it is gone. */
    Optional<Tree> tree(RunId run);

    /**
     * The machine.
     *
     * @param cpuTicks busy and total clock ticks since boot, of all cores: the difference of two samples is the load
     * @param temperature degrees Celsius of the hottest zone
     * @param interfaces by name, without the loopback
     */
    record Host(
            Ticks cpuTicks,
            double load1,
            Memory memory,
            Disk disk,
            Map<String, Network> interfaces,
            OptionalDouble temperature,
            long uptimeSeconds) {
        public Host {
            interfaces = Map.copyOf(interfaces);
        }
    }

    record Ticks(long busy, long total) {}

    /** Bytes. */
    record Memory(long total, long available) {}

    /** Bytes of the file system that holds the data folder. */
    record Disk(long total, long available) {}

    /** @param total 0 where the file system makes them as they are needed */
    record Inodes(long total, long available) {}

    /** Bytes since boot. */
    record Network(long received, long sent) {}

    /**
     * A process tree.
     *
     * @param cpuMillis CPU time used by the processes that are alive, user and system
     * @param rss bytes
     * @param fds open file descriptors; empty where they may not be read
     * @param readBytes from storage; empty where it may not be read
     */
    record Tree(
            int processes,
            long cpuMillis,
            long rss,
            int threads,
            OptionalLong fds,
            OptionalLong readBytes,
            OptionalLong writtenBytes) {}
}
