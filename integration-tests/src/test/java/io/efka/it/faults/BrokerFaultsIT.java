package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The broker says nothing, or comes back without anything that it knew. */
class BrokerFaultsIT {
    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = Brokers.start();
    }

    @AfterEach
    void end() {
        broker.close();
    }

    @Test
    void aBrokerThatAcceptsAndNeverAnswersIsGivenUpAndTheNextOneIsFound() throws IOException {
        Path folder = Folders.create("silent");
        broker.kill();
        var callers = new CopyOnWriteArrayList<Socket>();
        ServerSocket silent = new ServerSocket(broker.port(), 50, InetAddress.getLoopbackAddress());
        try (AgentProcess agent = AgentProcess.run(broker, "silent", folder.resolve("data"))) {
            listen(silent, callers);
            Await.until("the agent tries again", Duration.ofSeconds(30), () -> callers.size() >= 2);
            assertThat(agent.isAlive()).isTrue();
            assertThat(agent.log()).contains("no connection");

            silent.close();
            for (Socket caller : callers) caller.close();
            broker.startEmpty();
            try (var watcher = new Watcher(broker, "efka/silent/#")) {
                watcher.awaitJson("efka/silent/status", s -> s.get("online").getAsBoolean());
                ok(watcher.ask("efka/silent/cmd/ping", ""));
            }
        } finally {
            silent.close();
            for (Socket caller : callers) caller.close();
            Folders.delete(folder);
        }
    }

    private static void listen(ServerSocket silent, List<Socket> callers) {
        var thread = new Thread(
                () -> {
                    try {
                        while (true) callers.add(silent.accept());
                    } catch (IOException closed) {
                        // The test goes on without it.
                    }
                },
                "silent-broker");
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void aBrokerThatComesBackEmptyIsToldEverythingWithinSeconds() {
        try (var device = new DisturbedDevice(broker, "emptied", List.of())) {
            device.run("runs", "exec sleep 600");
            device.run("stops", "exec sleep 600");
            ok(device.ask("stops", "stop", ""));
            long pid = device.status("runs").get("pid").getAsLong();

            broker.kill();
            broker.startEmpty();
            long restarted = System.nanoTime();
            Watcher watcher = device.watchAgain();
            watcher.awaitJson(device.topic("status"), s -> s.get("online").getAsBoolean());
            device.awaitStatus("runs", s -> s.get("pid").getAsLong() == pid);
            device.awaitStatus("stops", s -> s.get("state").getAsString().equals("stopped"));
            assertThat(Duration.ofNanos(System.nanoTime() - restarted)).isLessThan(Duration.ofSeconds(10));

            ok(device.ask("runs", "restart", ""));
            assertRetained(device);
        }
    }

    /** Who comes later finds the documents as well. */
    private static void assertRetained(DisturbedDevice device) {
        Watcher later = device.watchAgain();
        for (String topic : List.of("status", "svc/runs/status", "svc/stops/status")) {
            assertThat(later.await(topic, m -> m.topic().equals(device.topic(topic)))
                            .retained())
                    .as(topic)
                    .isTrue();
        }
    }
}
