package io.efka.it.bench;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Twenty services that say a thousand values a second each, and a subscriber that misses none. */
final class DataBenchmark implements Benchmark {
    private static final int SERVICES = 20;
    private static final int RATE = 1000;
    private static final int WARM_UP_SECONDS = 3;

    @Override
    public String name() {
        return "data";
    }

    /** What the processes had used at one moment, in ms of CPU. */
    private record Use(double agent, double broker, double subscriber, double writers) {
        static Use now(RunningAgent agent, Numbers numbers) {
            return new Use(
                    Cpu.millis(agent.pid()),
                    Cpu.millis(command -> command.endsWith("/mosquitto")),
                    Cpu.millis(numbers.pid()),
                    Cpu.millis(command -> command.contains("/python")));
        }

        /** Of a core, in percent. */
        String since(Use before, double seconds) {
            return "agent " + percent(agent - before.agent, seconds) + ", Mosquitto "
                    + percent(broker - before.broker, seconds) + ", subscriber "
                    + percent(subscriber - before.subscriber, seconds) + ", writers "
                    + percent(writers - before.writers, seconds);
        }

        private static String percent(double millis, double seconds) {
            return Math.round(millis / 10 / seconds) + " %";
        }
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        int seconds = setup.isQuick() ? 10 : 60;
        Path data = setup.data();
        for (int i = 0; i < SERVICES; i++) BootBenchmark.write(data, Talker.script("talker-" + i));
        try (RunningAgent agent = setup.agent(data);
                Numbers numbers = new Numbers(setup.broker(), agent.device(), SERVICES)) {
            Operator operator = agent.operator();
            Await.until("all are ready", Duration.ofSeconds(60), () -> operator.ready() == SERVICES);
            long warmUp = speak(operator, numbers, 0, WARM_UP_SECONDS);
            Use before = Use.now(agent, numbers);
            long begun = System.nanoTime();
            long all = speak(operator, numbers, warmUp, seconds);
            double took = (numbers.lastAt() - begun) / 1e9;
            Use after = Use.now(agent, numbers);
            var writers = new Measurements();
            for (int i = 0; i < SERVICES; i++) writers.add(report(operator, "talker-" + i));
            long lost = all - numbers.distinct();
            String rest = "of " + all + "; " + numbers.late() + " out of order, " + numbers.twice() + " twice";
            return List.of(
                    Row.atMost(SERVICES + " services, " + RATE + " values a second each: lost", lost, 0, "", rest, 1),
                    Row.atLeast(
                            "the same: values a second at the subscriber",
                            (all - lost - warmUp) / took,
                            // The last of them are written up to 10 ms after their second, and come through a broker.
                            SERVICES * RATE * 0.99,
                            "",
                            "for " + Row.number(took) + " s; writers done after " + writers + " ms",
                            1),
                    Row.stated("the same: CPU, of one core", after.since(before, took), 1));
        }
    }

    /** Has all of them speak for so long; returns how many values were said until then since the agent's start. */
    private static long speak(Operator operator, Numbers numbers, long before, int seconds) {
        int each = seconds * RATE;
        String go = "{\"args\":{\"rate\":" + RATE + ",\"amount\":" + each + "}}";
        List<CompletableFuture<Long>> calls = IntStream.range(0, SERVICES)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> operator.service("talker-" + i, "call/go", go)))
                .toList();
        calls.forEach(CompletableFuture::join);
        long all = before + (long) each * SERVICES;
        awaitEnd(numbers, all, seconds);
        return all;
    }

    /** All has come, or nothing comes any more. */
    private static void awaitEnd(Numbers numbers, long all, int seconds) {
        long[] seen = {0, System.nanoTime()};
        Await.until("the values have come", Duration.ofSeconds(10L * seconds), () -> {
            if (numbers.received() != seen[0]) {
                seen[0] = numbers.received();
                seen[1] = System.nanoTime();
            }
            return (numbers.received() >= all && numbers.distinct() == all) || System.nanoTime() - seen[1] > 5e9;
        });
    }

    private static double report(Operator operator, String service) {
        JsonObject told = operator.call(service, "report");
        if (!told.get("done").getAsBoolean()) throw new IllegalStateException(service + " is not done: " + told);
        return told.get("took_ms").getAsDouble();
    }
}
