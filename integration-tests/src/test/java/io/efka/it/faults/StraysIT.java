package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Processes;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose processes are whose: what nobody looks after is ended, and what another agent looks after is left alone. */
class StraysIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "strayer").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    @Test
    void aDaemonThatLeftItsSessionAndItsEnvironmentEndsWithTheRunThatStartedIt() throws Exception {
        String groups = ok(device.ask("info", ""))
                .getAsJsonObject("info")
                .get("cgroups")
                .getAsString();
        assumeFalse(groups.startsWith("none"), "NOT TRIED: there are no control groups here");
        long main = device.run(Bundle.script(
                        "forker",
                        "env -i setsid sh -c 'echo $$ >daemon; exec sleep 999' &",
                        "while [ ! -s daemon ]; do :; done",
                        "echo forked",
                        "exec sleep 600"))
                .get("pid")
                .getAsLong();
        device.awaitOutput("forker", "forked\n");
        long daemon = Long.parseLong(
                Files.readString(device.workDir("forker").resolve("daemon")).strip());
        device.agent().kill();
        ProcessHandle.of(main).ifPresent(ProcessHandle::destroyForcibly);
        Await.until("the main process is gone", SOON, () -> !Processes.isAlive(main));
        assertThat(Processes.isAlive(daemon)).isTrue();
        device.start();

        device.awaitStatus(
                "forker",
                status -> where("state", "running").test(status)
                        && status.get("pid").getAsLong() != main);
        Await.until("the daemon is gone", SOON, () -> !Processes.isAlive(daemon));
        ok(device.ask("forker", "stop", ""));
    }

    @Test
    void anAgentOnACopyOfTheDataFolderLeavesTheServicesOfTheOriginalAlone() throws Exception {
        long pid = device.run(Bundle.sleeper("steady")).get("pid").getAsLong();
        Path copy = device.folder().resolve("copy");
        Folders.copy(device.data(), copy);
        try (Watcher watcher = new Watcher(broker, "efka/copied/#");
                AgentProcess second = AgentProcess.run(broker, "copied", copy)) {
            watcher.awaitJson("efka/copied/svc/steady/status", where("state", "running"));
            assertThat(second.log()).contains("is a copy");
            assertThat(Processes.isAlive(pid)).isTrue();
            ok(watcher.ask("efka/copied/svc/steady/cmd/stop", ""));
            assertThat(Processes.isAlive(pid)).isTrue();
        }
        device.agent().kill();
        device.start();
        device.awaitStatus(
                "steady",
                status -> where("state", "running").test(status)
                        && status.get("pid").getAsLong() == pid);
    }

    @Test
    void aDataFolderThatWasMovedTakesItsServicesAlong() throws Exception {
        long pid = device.run(Bundle.sleeper("steady")).get("pid").getAsLong();
        device.agent().kill();
        Path moved = device.folder().resolve("moved");
        Files.move(device.data(), moved);
        try (AgentProcess second = AgentProcess.run(broker, "strayer", moved)) {
            device.awaitStatus(
                    "steady",
                    status -> status.getAsJsonObject("cause")
                            .get("kind")
                            .getAsString()
                            .equals("adopted"));
            assertThat(Processes.isAlive(pid)).isTrue();
            ok(device.ask("steady", "stop", ""));
            assertThat(Processes.isAlive(pid)).isFalse();
            assertThat(second.isAlive()).isTrue();
        }
    }
}
