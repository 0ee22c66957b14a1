package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.keeping;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random writes, link losses, lost and late acknowledgements, refusals, runs and kills of the agent, from a seed. Every
 * byte arrives unchanged at its offset, or its offset was announced as dropped.
 */
class OutputChaosTest {
    private static final int STEPS = 400;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Observer observer = new Observer();
    private int runs;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void losesNothingWhileAllIsKept(long seed, @TempDir Path folder) throws IOException {
        OutputKit kit = play(new Random(seed), 64 << 20, folder);
        assertThat(kit.announced.of("output_dropped")).isEmpty();
        assertThat(observer.whole()).isEqualTo(written.toByteArray());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void announcesWhatItDidNotKeep(long seed, @TempDir Path folder) throws IOException {
        OutputKit kit = play(new Random(seed), 128 << 10, folder);
        byte[] expected = written.toByteArray();
        boolean[] dropped = new boolean[expected.length];
        for (OutputKit.Announced.Event event : kit.announced.of("output_dropped")) {
            long to = event.number("from") + event.number("bytes");
            for (long i = event.number("from"); i < to; i++) dropped[(int) i] = true;
        }
        observer.verify(expected, dropped);
    }

    private OutputKit play(Random random, long keep, Path folder) throws IOException {
        var kit = new OutputKit(folder);
        kit.link.observe(observer::take);
        kit.link.acknowledgeAtOnce(false);
        kit.register(keeping(keep));
        Path stdout = kit.begin(++runs).stdout();
        Map<String, Long> durable = Map.of();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(14)) {
                case 0 -> stdout = kit.begin(++runs).stdout();
                case 1 -> {
                    kit.link.lose();
                    kit.output().disconnected();
                }
                case 2, 3 -> {
                    kit.link.restore();
                    kit.output().connected();
                }
                case 4 -> {
                    if (kit.link.unanswered() > 0) kit.link.fail(random.nextInt(kit.link.unanswered()));
                }
                case 5 -> durable = Map.copyOf(kit.offsets.saved);
                case 6 -> {
                    kit.kill(durable);
                    kit.register(keeping(keep));
                }
                case 7, 8, 9 -> {
                    for (int n = kit.link.unanswered(); n > 0; n--) {
                        if (random.nextInt(4) > 0) kit.link.acknowledge(random.nextInt(n));
                    }
                }
                default -> write(stdout, random);
            }
        }
        kit.link.acknowledgeAtOnce(true);
        kit.link.lose();
        kit.output().disconnected();
        kit.link.restore();
        kit.output().connected();
        Await.until("the end is shipped", () -> observer.end() == written.size());
        Await.until("and saved", () -> Long.valueOf(written.size()).equals(kit.offsets.saved.get("camera/stdout")));
        kit.close();
        return kit;
    }

    private void write(Path stdout, Random random) throws IOException {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 200_000 : 3000)];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i += 1 + random.nextInt(100)) bytes[i] = '\n';
        append(stdout, bytes);
        written.write(bytes);
    }
}
