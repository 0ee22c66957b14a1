package io.efka.it.bench;

import io.efka.fixtures.Await;
import io.efka.it.ChannelClient;
import io.efka.it.ChannelKey;
import io.efka.it.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What 500 attached services that say nothing cost the agent: its memory with them running and attached, less its memory
 * with the same ones running only. The services leave their tokens in files, and one process attaches for all of them.
 * What the heap has touched before stays its own, so that the PSS alone would not show a channel: it is the live heap too.
 */
final class ChannelsBenchmark implements Benchmark {
    private static final int SERVICES = 500;
    private static final int WARM_UP = 50;
    /** Longer than the agent's pools keep a thread that has nothing to do. */
    private static final long SETTLE_NANOS = 35_000_000_000L;

    private static final long BREATH_NANOS = 2_000_000_000L;
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    @Override
    public String name() {
        return "channels";
    }

    /** In KB: the proportional set size, and what is alive in the heap. */
    private record Memory(double pss, double heap) {
        static Memory of(RunningAgent agent) throws IOException {
            // Twice more, for what the first one left to cleaners.
            for (int i = 0; i < 3; i++) {
                jcmd(agent, "GC.run");
                LockSupport.parkNanos(BREATH_NANOS);
            }
            jcmd(agent, "GC.run");
            double heap = 0;
            for (Matcher used = USED.matcher(jcmd(agent, "GC.heap_info")); used.find(); ) {
                heap += Double.parseDouble(used.group(1));
            }
            return new Memory(agent.pssMegabytes() * 1024, heap);
        }

        /** In MB: running, attached, and closed again. */
        private static String course(double without, double with, double after) {
            return Row.number(without / 1024) + " to " + Row.number(with / 1024) + " MB and back to "
                    + Row.number(after / 1024);
        }

        private static String jcmd(RunningAgent agent, String command) {
            Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            return Shell.run(program.toString(), String.valueOf(agent.pid()), command)
                    .ok();
        }
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        Path data = setup.data();
        Path tokens = Files.createDirectory(setup.folder().resolve("tokens"));
        String leave = "#!/bin/sh\n" + ChannelKey.leaveIn(tokens) + "\nexec sleep 100000\n";
        for (int i = 0; i < SERVICES; i++) BootBenchmark.write(data, Script.of("idle-" + i, leave));
        var attached = new ArrayList<ChannelClient>();
        try (RunningAgent agent = setup.agent(data)) {
            Await.until("all run", Duration.ofMinutes(2), () -> agent.operator().running() == SERVICES);
            attach(tokens, WARM_UP, attached);
            close(attached);
            LockSupport.parkNanos(SETTLE_NANOS);
            Memory without = Memory.of(agent);
            attach(tokens, SERVICES, attached);
            Memory with = Memory.of(agent);
            close(attached);
            Memory after = Memory.of(agent);
            double pss = (with.pss - without.pss) / SERVICES;
            double heap = (with.heap - without.heap) / SERVICES;
            return List.of(Row.atMost(
                    SERVICES + " attached idle services, each: PSS or live heap of the agent, whichever is more",
                    Math.max(pss, heap),
                    40,
                    " KB",
                    "PSS " + Row.number(pss) + ", " + Memory.course(without.pss, with.pss, after.pss) + "; heap "
                            + Row.number(heap) + ", " + Memory.course(without.heap, with.heap, after.heap),
                    1));
        } finally {
            close(attached);
        }
    }

    private static void attach(Path tokens, int count, List<ChannelClient> attached) throws IOException {
        for (int i = 0; i < count; i++) {
            attached.add(ChannelClient.attached(ChannelKey.of(tokens, "idle-" + i)));
        }
    }

    private static void close(List<ChannelClient> attached) throws IOException {
        for (ChannelClient channel : attached) channel.close();
        attached.clear();
    }
}
