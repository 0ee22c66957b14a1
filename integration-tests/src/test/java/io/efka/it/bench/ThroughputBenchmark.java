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
    public List<Row> run(Rig rig) throws Exception {
        var agent = new Samples();
        var bare = new Samples();
        var peer = new Samples();
        var cpu = new Samples();
        byte[] content = Lines.content(LINES);
        Path file = Files.write(rig.folder().resolve("lines"), content);
        try (RunningAgent running = rig.agent();
                Stamps stamps = new Stamps(rig.folder());
                BarePublisher publisher = BarePublisher.start(rig.broker(), file);
                Sink sink = Sink.ofBytes(rig.broker(), running.topic(SERVICE, "stdout"), content);
                Sink bareSink = Sink.ofBytes(rig.broker(), publisher.topic(), content);
                Sink peerSink = Sink.ofLines(rig.broker(), PEER_TOPIC, Lines.content(PEER_LINES))) {
            running.operator().install(Script.writer(SERVICE, stamps.script("exec " + Lines.command(LINES))));
            int rounds = rig.rounds(10);
            for (int i = -2; i < rounds; i++) {
                double cpuBefore = running.cpuMillis();
                running.operator().start(SERVICE);
                Stamp begun = stamps.next();
                double agentRate = LINES / seconds(begun.at(), sink.awaitAll());
                double spent = running.cpuMillis() - cpuBefore;
                long bareBegun = System.nanoTime();
                publisher.publish();
                double bareRate = LINES / seconds(bareBegun, bareSink.awaitAll());
                long peerBegun = System.nanoTime();
                publishWithMosquitto(rig);
                double peerRate = PEER_LINES / seconds(peerBegun, peerSink.awaitAll());
                if (i < 0) continue;
                agent.add(agentRate);
                cpu.add(spent);
                bare.add(bareRate);
                peer.add(peerRate);
            }
        } finally {
            Files.delete(file);
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
                        "the same / bare Paho publisher of 64 KiB payloads",
                        agent.median() / bare.median(),
                        0.6,
                        "x",
                        "its " + Row.number(bare.median()),
                        bare.count()),
                Row.stated("CPU of the agent for 100 MB", Row.number(cpu.median()) + " ms", cpu.count()));
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    private static void publishWithMosquitto(Rig rig) throws IOException, InterruptedException {
        String command = Lines.command(PEER_LINES) + " | mosquitto_pub -l -q 1 -V 5 -t " + PEER_TOPIC + " -p "
                + rig.broker().port();
        new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    }
}
