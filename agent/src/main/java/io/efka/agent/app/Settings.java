package io.efka.agent.app;

import io.efka.mqtt.BrokerSettings;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics.GroupId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one agent. The command line reads them from flags, environment and file, in that order.
 *
 * @param prefix first levels of every topic, {@code efka}
 * @param groups beside {@code all}
 * @param metricsInterval between two metrics messages, 30 s; 0: none
 * @param maxHold no deploy waits longer for one who says "not now", 24 h
 * @param stopTimeout a graceful end takes no longer than this, 30 s
 * @param selfCheckTimeout the agent ends itself when one of its parts has stood still for this long, 60 s; zero: never
 * @param homeAssistant the discovery prefix of the Home Assistant that is told of this device; empty: none is
 */
public record Settings(
        BrokerSettings broker,
        DeviceId device,
        String prefix,
        List<GroupId> groups,
        Folders folders,
        Artifacts artifacts,
        LedgerBounds ledger,
        Duration metricsInterval,
        Duration maxHold,
        Duration stopTimeout,
        Duration selfCheckTimeout,
        Optional<String> homeAssistant) {

    public Settings {
        groups = List.copyOf(groups);
    }

    /**
     * Where things are kept.
     *
     * @param data state and installed services
     * @param logs output files; {@code data/logs} unless set
     * @param workDirRoots a service may be registered below these, beside {@code data/services}
     * @param heartbeat a file that is touched every 5 s while the agent is alive; empty: none
     */
    public record Folders(Path data, Path logs, List<Path> workDirRoots, Optional<Path> heartbeat) {
        public Folders {
            workDirRoots = List.copyOf(workDirRoots);
        }

        /** Whether the folder of the output files is within that of the state, and so nobody else's. */
        boolean isOwnLogs() {
            return logs.toAbsolutePath()
                    .normalize()
                    .startsWith(data.toAbsolutePath().normalize());
        }
    }

    /**
     * How artifacts are fetched, kept and unpacked.
     *
     * @param cache bytes of all that are kept, 1 GiB
     * @param roots a {@code file:} source must be below one of these
     * @param authorities PEM file of those that are trusted at {@code https:} sources; empty: those of the JVM
     * @param credentials JSON file of what web servers are shown, by host; empty: nothing
     * @param allowHttp whether an {@code http:} source may be used
     * @param rate bytes per second of all downloads together; 0: no limit
     * @param maxUnpacked bytes that an archive may unpack to, 2 GiB
     * @param serves whether this device sends what it has to others over the broker when nobody else does
     */
    public record Artifacts(
            long cache,
            List<Path> roots,
            Optional<Path> authorities,
            Optional<Path> credentials,
            boolean allowHttp,
            long rate,
            long maxUnpacked,
            boolean serves) {
        /** From the protocol document. */
        public static final Artifacts STANDARD =
                new Artifacts(1L << 30, List.of(), Optional.empty(), Optional.empty(), false, 0, 2L << 30, false);

        public Artifacts {
            roots = List.copyOf(roots);
        }
    }

    /**
     * What the command ledger keeps: an outcome goes when it is older than {@code age} and not among the newest
     * {@code entries}.
     *
     * @param entries 1,000 by default
     * @param age 24 h by default
     */
    public record LedgerBounds(int entries, Duration age) {}
}
