package io.efka.agent.telemetry;

import io.efka.protocol.RunId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A machine and processes that the test makes up. */
final class FakeMeters implements Meters {
    final Map<RunId, Tree> trees = new HashMap<>();
    Ticks ticks = new Ticks(1000, 10_000);
    Disk disk = new Disk(10_000L << 20, 5_000L << 20);
    Optional<Inodes> inodes = Optional.empty();
    boolean broken;
    int looks;

    @Override
    public Host host() {
        looks++;
        if (broken) throw new IllegalStateException("/proc is gone");
        return new Host(
                ticks,
                0.5,
                new Memory(1000, 400),
                disk,
                Map.of("eth0", new Network(70, 30)),
                OptionalDouble.empty(),
                3600);
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Optional<Inodes> inodes() {
        return inodes;
    }

    @Override
    public Optional<Tree> tree(RunId run) {
        return Optional.ofNullable(trees.get(run));
    }

    static Tree tree(long cpuMillis) {
        return new Tree(2, cpuMillis, 4096, 3, OptionalLong.of(12), OptionalLong.of(100), OptionalLong.empty());
    }
}
