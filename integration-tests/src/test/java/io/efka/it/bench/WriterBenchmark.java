package io.efka.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a service takes to write its lines while they are shipped, against the same program and a plain file. All of
 * them share the machine's cores with a broker and a subscriber; so it is also said how long the program takes for a
 * plain file while a bare publisher keeps these two as busy.
 */
final class WriterBenchmark implements Benchmark {
    private static final int LINES = 1_000_000;
    private static final String SERVICE = "writer";

    @Override
    public String name() {
        return "writer";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var rows = new ArrayList<Row>();
        byte[] content = Lines.content(LINES);
        Path file = Files.write(setup.folder().resolve("lines"), content);
        try {
            rows.addAll(measure(setup, "one write a line", Lines.lineByLine(LINES), content));
            rows.addAll(measure(setup, "large writes", Lines.command(LINES), content));
        } finally {
            Files.delete(file);
        }
        return rows;
    }

    private static List<Row> measure(BenchSetup setup, String how, String program, byte[] content) throws Exception {
        var service = new Measurements();
        var plain = new Measurements();
        var busy = new Measurements();
        Path file = setup.folder().resolve("plain");
        try (RunningAgent agent = setup.agent();
                Stamps stamps = new Stamps(setup.folder());
                BarePublisher publisher =
                        BarePublisher.start(setup.broker(), setup.folder().resolve("lines"), content.length);
                Sink sink = Sink.ofBytes(setup.broker(), agent.topic(SERVICE, "stdout"), content);
                Sink bareSink = Sink.ofBytes(setup.broker(), publisher.topic(), content)) {
            agent.operator().install(Script.writer(SERVICE, stamps.script(program + "\n" + stamps.again())));
            var bare = new BareProcess(setup.folder(), stamps.script(program + " >>" + file + "\n" + stamps.again()));
            int rounds = setup.rounds(15);
            for (int i = -2; i < rounds; i++) {
                agent.operator().start(SERVICE);
                long shipped = duration(stamps);
                sink.awaitAll();
                long alone = alone(bare, stamps, file);
                publisher.publish();
                long besides = alone(bare, stamps, file);
                bareSink.awaitAll();
                if (i < 0) continue;
                service.addNanos(shipped);
                plain.addNanos(alone);
                busy.addNanos(besides);
            }
        }
        return List.of(
                Row.atMost(
                        "1,000,000 lines, " + how + ": service that is shipped / plain file",
                        service.median() / plain.median(),
                        1.1,
                        "x",
                        "service " + service + " ms, plain file " + plain + " ms",
                        service.count()),
                Row.stated(
                        "the same / plain file beside a bare publisher of the same bytes",
                        Row.number(service.median() / busy.median()) + "x (" + busy + " ms)",
                        busy.count()));
    }

    private static long alone(BareProcess program, Stamps stamps, Path file) throws Exception {
        Process process = program.start();
        long duration = duration(stamps);
        process.waitFor();
        Files.delete(file);
        return duration;
    }

    private static long duration(Stamps stamps) throws InterruptedException {
        long begun = stamps.next().at();
        return stamps.next().at() - begun;
    }
}
