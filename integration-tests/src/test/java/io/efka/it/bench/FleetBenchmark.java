package io.efka.it.bench;

import io.efka.fixtures.Await;
import io.efka.it.AgentProcess;
import io.efka.it.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The operator's command line: {@code efka ls} of a large fleet and of a small one over a Mosquitto with the settings of its
 * package, and {@code efka logs -f} of many services.
 */
final class FleetBenchmark implements Benchmark {
    private static final int SERVICES = 5;
    private static final int FOLLOWED = 50;
    private static final Duration FOLLOW = Duration.ofSeconds(30);

    /** 20 lines a second. */
    private static final String TALKER =
            "#!/bin/sh\ni=0\nwhile sleep 0.05; do i=$((i + 1)); echo \"line $i of a program that has something to say\"; done\n";

    @Override
    public String name() {
        return "fleet";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        Path jar = Files.createDirectories(setup.folder().resolve("whole")).resolve("efka.jar");
        Files.copy(AgentProcess.WHOLE_JAR, jar);
        Process making = setup.script(jar, "--make-cds").inheritIO().start();
        if (making.waitFor() != 0) throw new IOException("no archive could be made");
        var rows = new ArrayList<Row>();
        rows.add(large(setup, jar));
        rows.add(small(setup, jar));
        rows.addAll(follow(setup, jar));
        return rows;
    }

    private static Row large(BenchSetup setup, Path jar) throws Exception {
        int rounds = setup.rounds(5);
        var millis = new Measurements();
        try (TestBroker broker = setup.stockBroker()) {
            fill(broker, 2_000);
            for (int i = 0; i < rounds; i++) {
                long begun = System.nanoTime();
                Process ls = ls(setup, jar, broker).start();
                long lines;
                try (BufferedReader out = ls.inputReader(StandardCharsets.UTF_8)) {
                    lines = out.lines().count();
                }
                int code = ls.waitFor();
                millis.addNanos(System.nanoTime() - begun);
                if (code != 0 || lines != 12_001) throw new IOException(lines + " lines, exit code " + code);
            }
        }
        return Row.atMost(
                "`efka ls` of 2,000 devices with 10,000 services, all of them shown, max",
                millis.max(),
                10_000,
                " ms",
                "p50 " + Row.number(millis.median()),
                rounds);
    }

    private static Row small(BenchSetup setup, Path jar) throws Exception {
        int rounds = setup.rounds(20);
        var millis = new Measurements();
        try (TestBroker broker = setup.stockBroker()) {
            fill(broker, 100);
            for (int i = 0; i < rounds; i++) {
                long begun = System.nanoTime();
                Process ls = ls(setup, jar, broker).start();
                try (BufferedReader out = ls.inputReader(StandardCharsets.UTF_8)) {
                    if (out.readLine() == null) throw new IOException("no line");
                    millis.addNanos(System.nanoTime() - begun);
                    out.transferTo(java.io.Writer.nullWriter());
                }
                ls.waitFor();
            }
        }
        return Row.atMost(
                "`efka ls` of 100 devices with 500 services: to its first line, JVM start included, p50",
                millis.median(),
                500,
                " ms",
                "min " + Row.number(millis.min()) + ", max " + Row.number(millis.max()),
                rounds);
    }

    private static ProcessBuilder ls(BenchSetup setup, Path jar, TestBroker broker) {
        return setup.script(jar, "ls", "--broker", broker.uri()).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static void fill(TestBroker broker, int devices) {
        try (var mqtt = new Mqtt(broker, (topic, message) -> {})) {
            for (int i = 0; i < devices; i++) {
                String base = "efka/device-" + i + "/";
                for (int j = 0; j < SERVICES; j++) retain(mqtt, base + "svc/service-" + j + "/status", service(j));
                retain(mqtt, base + "status", birth());
            }
        }
    }

    private static void retain(Mqtt mqtt, String topic, String document) {
        mqtt.retain(topic, document.getBytes(StandardCharsets.UTF_8));
    }

    private static String birth() {
        return "{\"v\":1,\"online\":true,\"session\":3,\"instance\":\"19628307-ea5d-49a9-89d5-2f1418af5e34\","
                + "\"version\":\"0.2.0\",\"host\":\"gate7\",\"os\":\"Linux 6.1.0 amd64\",\"groups\":[\"all\",\"berlin\"],"
                + "\"started_at\":\"2026-11-22T21:38:55.574Z\",\"connected_at\":\"2026-11-22T21:38:56.144Z\","
                + "\"services\":{\"running\":" + (SERVICES - 1) + ",\"backoff\":1}}";
    }

    private static String service(int number) {
        return "{\"v\":1,\"service\":\"service-" + number + "\",\"state\":\"" + (number > 0 ? "running" : "backoff")
                + "\",\"desired\":\"running\",\"enabled\":true,\"ready\":" + (number > 0) + ",\"health\":\"healthy\","
                + "\"pid\":4711,\"run\":\"7\",\"restarts\":0,\"since\":\"2026-11-22T21:38:55.574Z\","
                + "\"cause\":{\"kind\":\"command\",\"id\":\"a1\"},\"release\":\"1.4.2-0f3a9c1e\","
                + "\"last_exit\":{\"code\":1,\"signal\":null,\"at\":\"2026-11-22T21:38:50.574Z\",\"output\":\"it ended\"}}";
    }

    private static List<Row> follow(BenchSetup setup, Path jar) throws Exception {
        Path data = setup.data();
        for (int i = 0; i < FOLLOWED; i++) BootBenchmark.write(data, Script.of("talker-" + i, TALKER));
        Path out = setup.folder().resolve("followed");
        try (RunningAgent agent = setup.agent(data)) {
            Process logs = setup.script(
                            jar,
                            "logs",
                            agent.device() + "/*",
                            "-f",
                            "--json",
                            "-n",
                            "10000",
                            "--broker",
                            setup.broker().uri())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                Await.until("lines come", Duration.ofSeconds(60), () -> size(out) > 100_000);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5)); // what was there before is shown
                double before = Cpu.millis(logs.pid());
                LockSupport.parkNanos(FOLLOW.toNanos());
                double cpu = 100 * (Cpu.millis(logs.pid()) - before) / FOLLOW.toMillis();
                new ProcessBuilder("kill", "-INT", String.valueOf(logs.pid()))
                        .start()
                        .waitFor();
                int code = logs.waitFor();
                var lines = FollowedLines.read(out);
                return List.of(
                        Row.atMost(
                                "`efka logs -f` of 50 services with 1,000 lines/s together: lines missing, twice or out of order",
                                lines.wrong() + Math.abs(code),
                                0,
                                "",
                                "of " + lines.count(),
                                1),
                        Row.atMost("the same: CPU of the process", cpu, 30, " % of a core", "", 1));
            } finally {
                logs.destroyForcibly();
            }
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
