package io.efka.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a service takes to write its lines while they are shipped, against the same program and a plain file. */
final class WriterBenchmark implements Benchmark {
    private static final int LINES = 1_000_000;

    @Override
    public String name() {
        return "writer";
    }

    @Override
    public List<Row> run(Rig rig) throws Exception {
        var rows = new ArrayList<Row>();
        byte[] content = Lines.content(LINES);
        rows.add(measure(rig, "one write a line", Lines.lineByLine(LINES), content));
        rows.add(measure(rig, "large writes", Lines.command(LINES), content));
        return rows;
    }

    private static Row measure(Rig rig, String how, String program, byte[] content) throws Exception {
        var service = new Samples();
        var plain = new Samples();
        Path file = rig.folder().resolve("plain");
        try (RunningAgent agent = rig.agent();
                Stamps stamps = new Stamps(rig.folder());
                Sink sink = Sink.ofBytes(rig.broker(), agent.topic("writer", "stdout"), content)) {
            agent.operator().install(Script.writer("writer", stamps.script(program + "\n" + stamps.again())));
            var bare = new BareProcess(rig.folder(), stamps.script(program + " >>" + file + "\n" + stamps.again()));
            int rounds = rig.rounds(15);
            for (int i = -2; i < rounds; i++) {
                agent.operator().start("writer");
                long shipped = duration(stamps);
                sink.awaitAll();
                Process process = bare.start();
                long alone = duration(stamps);
                process.waitFor();
                Files.delete(file);
                if (i < 0) continue;
                service.addNanos(shipped);
                plain.addNanos(alone);
            }
        }
        String madeOf = "service " + service + " ms, plain file " + plain + " ms";
        return Row.atMost(
                "1,000,000 lines, " + how + ": service that is shipped / plain file",
                service.median() / plain.median(),
                1.1,
                "x",
                madeOf,
                service.count());
    }

    private static long duration(Stamps stamps) throws InterruptedException {
        long begun = stamps.next().at();
        return stamps.next().at() - begun;
    }
}
