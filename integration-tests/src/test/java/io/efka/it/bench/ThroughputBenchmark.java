package io.efka.it.bench;

import io.efka.it.bench.Stamps.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines a second from a service's write to a subscriber at QoS 1 that compares every byte. */
final class ThroughputBenchmark implements Benchmark {
    private static final String SERVICE = "writer";
    private static final int LINES = 1_000_000;
    /** What {@code mosquitto_pub -l} survives: beyond 65,535 unacknowledged lines it loses most of them. */
    private static final int PEER_LINES = 60_000;

    private static final String PEER_TOPIC = "peer/lines";

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var agent = new Measurements();
        var bare = new Measurements();
        var peer = new Measurements();
        var cpu = new Measurements();
        byte[] content = Lines.content(LINES);
        Path file = setup.folder().resolve("lines");
        try (RunningAgent running = setup.agent();
                Stamps stamps = new Stamps(setup.folder());
                BarePublisher publisher = BarePublisher.start(setup.broker(), file, content.length);
                Sink sink = Sink.ofBytes(setup.broker(), running.topic(SERVICE, "stdout"), content);
                Sink bareSink = Sink.ofBytes(setup.broker(), publisher.topic(), content);
                Sink peerSink = Sink.ofLines(setup.broker(), PEER_TOPIC, Lines.content(PEER_LINES))) {
            String program = "exec " + Lines.command(LINES);
            running.operator().install(Script.writer(SERVICE, stamps.script(program)));
            var bareProgram = new BareProcess(setup.folder(), stamps.script(program + " >>" + file));
            int rounds = setup.rounds(10);
            for (int i = -2; i < rounds; i++) {
                double cpuBefore = running.cpuMillis();
                running.operator().start(SERVICE);
                Stamp begun = stamps.next();
                double agentRate = LINES / seconds(begun.at(), sink.awaitAll());
                double spent = running.cpuMillis() - cpuBefore;
                double bareRate = LINES / bareSeconds(bareProgram, stamps, publisher, bareSink, file);
                long peerBegun = System.nanoTime();
                publishWithMosquitto(setup);
                double peerRate = PEER_LINES / seconds(peerBegun, peerSink.awaitAll());
                if (i < 0) continue;
                agent.add(agentRate);
                cpu.add(spent);
                bare.add(bareRate);
                peer.add(peerRate);
            }
        }
        return List.of(
                Row.atLeast(
                        "lines of 100 bytes a second to a QoS 1 subscriber p50",
                        agent.median(),
                        500_000,
                        "",
                        "every byte compared; worst " + Row.number(agent.min()),
                        agent.count()),
                Row.atLeast(
                        "the same / program piped to mosquitto_pub -l -q 1",
                        agent.median() / peer.median(),
                        12,
                        "x",
                        "its " + Row.number(peer.median()),
                        peer.count()),
                Row.atLeast(
                        "the same / bare Paho publisher of 64 KiB payloads that follows a file of the program",
                        agent.median() / bare.median(),
                        0.6,
                        "x",
                        "its " + Row.number(bare.median()),
                        bare.count()),
                Row.stated("CPU of the agent for 100 MB", Row.number(cpu.median()) + " ms", cpu.count()));
    }

    /** The same program writes a file, and a bare publisher follows it. */
    private static double bareSeconds(BareProcess program, Stamps stamps, BarePublisher publisher, Sink sink, Path file)
            throws Exception {
        Files.createFile(file);
        Process writer = program.start();
        long begun = stamps.next().at();
        publisher.publish();
        double took = seconds(begun, sink.awaitAll());
        writer.waitFor();
        Files.delete(file);
        return took;
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    private static void publishWithMosquitto(BenchSetup setup) throws IOException, InterruptedException {
        String command = Lines.command(PEER_LINES) + " | mosquitto_pub -l -q 1 -V 5 -t " + PEER_TOPIC + " -p "
                + setup.broker().port();
        new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    }
}
