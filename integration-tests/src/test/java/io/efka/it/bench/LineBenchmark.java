package io.efka.it.bench;

import io.efka.it.Shell;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** From the write of one line to its subscriber with {@code linger} 0, over a bare publish. */
final class LineBenchmark implements Benchmark {
    private static final String SERVICE = "parrot";
    private static final String BARE_TOPIC = "bare/line";
    private static final long PAUSE_NANOS = 20_000_000;

    @Override
    public String name() {
        return "line";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var agent = new Measurements();
        var bare = new Measurements();
        BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
        Path fifo = setup.folder().resolve("parrot");
        Shell.run("mkfifo", fifo.toString()).ok();
        byte[] line = (Integer.toString(1).repeat(Lines.LENGTH - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (RunningAgent running = setup.agent();
                RandomAccessFile feeding = new RandomAccessFile(fifo.toFile(), "rw");
                Mqtt subscriber = new Mqtt(setup.broker(), (topic, message) -> arrivals.add(System.nanoTime()));
                Mqtt publisher = new Mqtt(setup.broker(), (topic, message) -> {})) {
            subscriber.subscribe(running.topic(SERVICE, "stdout"));
            subscriber.subscribe(BARE_TOPIC);
            Script parrot =
                    Script.of(SERVICE, "#!/bin/sh\nexec cat <" + fifo + "\n").with("output", "linger", "0s");
            running.operator().install(parrot);
            running.operator().start(SERVICE);
            int rounds = setup.rounds(300);
            for (int i = -20; i < rounds; i++) {
                LockSupport.parkNanos(PAUSE_NANOS);
                long written = System.nanoTime();
                feeding.write(line);
                long shipped = next(arrivals) - written;
                long published = System.nanoTime();
                publisher.publish(BARE_TOPIC, line, new MqttProperties());
                long alone = next(arrivals) - published;
                if (i < 0) continue;
                agent.addNanos(shipped);
                bare.addNanos(alone);
            }
        }
        String madeOf = "p50 " + Row.number(agent.median()) + ", p99 " + Row.number(agent.p99()) + "; bare p50 "
                + Row.number(bare.median());
        return List.of(Row.atMost(
                "one line from write to subscriber p50, linger 0, above a bare publish",
                agent.median() - bare.median(),
                10,
                " ms",
                madeOf,
                agent.count()));
    }

    private static long next(BlockingQueue<Long> arrivals) throws InterruptedException {
        Long at = arrivals.poll(10, TimeUnit.SECONDS);
        if (at == null) throw new IllegalStateException("no line came within 10 s");
        return at;
    }
}
