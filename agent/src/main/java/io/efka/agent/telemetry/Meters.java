package io.efka.agent.telemetry;

import io.efka.protocol.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Measures the machine and the runs on it. Thread-safe; takes well under a millisecond for each process. */
public interface Meters {

    /** The machine now. */
    Host host();

    /** The disk that holds the data folder, now. */
    Disk disk();

    /** The inodes of that disk: each file uses one. Empty if that cannot be found out. Takes some milliseconds. */
    Optional<Inodes> inodes();

    /** The whole process tree of a run now; empty if it has ended. */
    Optional<Tree> tree(RunId run);

    /**
     * The machine.
     *
     * @param cpuTicks clock ticks of all cores since boot
     * @param temperature degrees Celsius of the hottest zone; empty if there is none
     * @param interfaces traffic by interface, without the loopback
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

    /** Busy and total clock ticks; two samples give the share that was busy between them. */
    record Ticks(long busy, long total) {}

    /** Bytes. */
    record Memory(long total, long available) {}

    /** Bytes of the file system that holds the data folder. */
    record Disk(long total, long available) {}

    /** @param total 0 if the file system creates inodes when they are needed */
    record Inodes(long total, long available) {}

    /** Bytes since boot. */
    record Network(long received, long sent) {}

    /**
     * A process tree.
     *
     * @param cpuMillis CPU time used by the processes that are alive, user and system
     * @param rss resident memory in bytes
     * @param fds open file descriptors; empty if they may not be read
     * @param readBytes from storage; empty if it may not be read
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
