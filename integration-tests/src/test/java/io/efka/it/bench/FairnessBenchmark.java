package io.efka.it.bench;

import io.efka.fixtures.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Fifty streams at once: what the slowest has got when half of all has arrived. */
final class FairnessBenchmark implements Benchmark {
    private static final int STREAMS = 50;
    private static final int LINES = 40_000;
    private static final long TOTAL = (long) STREAMS * LINES * Lines.LENGTH;

    private final AtomicLongArray received = new AtomicLongArray(STREAMS);
    private final AtomicLong all = new AtomicLong();
    private volatile long[] half = {};

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var shares = new Measurements();
        for (int i = 0; i < setup.rounds(5); i++) shares.add(share(setup));
        return List.of(Row.atLeast(
                "50 streams of 4 MB at once: slowest / mean when half of all has come",
                shares.median(),
                0.5,
                "",
                shares.toString(),
                shares.count()));
    }

    private double share(BenchSetup setup) throws Exception {
        for (int i = 0; i < STREAMS; i++) received.set(i, 0);
        all.set(0);
        Path data = setup.data();
        Path gate = data.resolveSibling(data.getFileName() + ".gate");
        String text = "#!/bin/sh\nuntil [ -e " + gate + " ]; do sleep 0.1; done\n" + Lines.command(LINES)
                + "\nexec sleep 100000\n";
        for (int i = 0; i < STREAMS; i++) BootBenchmark.write(data, Script.writer("stream-" + i, text));
        try (RunningAgent agent = setup.agent(data);
                Mqtt subscriber = new Mqtt(setup.broker(), this::arrived)) {
            subscriber.subscribe("efka/" + agent.device() + "/svc/+/stdout");
            Await.until(
                    "all services run",
                    Duration.ofSeconds(20),
                    () -> agent.operator().running() == STREAMS);
            Files.createFile(gate);
            Await.until("all has come", Duration.ofSeconds(60), () -> all.get() >= TOTAL);
        }
        return slowestByMean();
    }

    private void arrived(String topic, MqttMessage message) {
        int stream = Integer.parseInt(topic.replaceAll(".*/stream-|/stdout", ""));
        int length = message.getPayload().length;
        received.addAndGet(stream, length);
        long sum = all.addAndGet(length);
        if (sum >= TOTAL / 2 && sum - length < TOTAL / 2) half = snapshot();
    }

    private long[] snapshot() {
        var amounts = new ArrayList<Long>();
        for (int i = 0; i < STREAMS; i++) amounts.add(received.get(i));
        return amounts.stream().mapToLong(Long::longValue).toArray();
    }

    private double slowestByMean() {
        long slowest = Long.MAX_VALUE;
        long sum = 0;
        for (long amount : half) {
            slowest = Math.min(slowest, amount);
            sum += amount;
        }
        return slowest / ((double) sum / STREAMS);
    }
}
