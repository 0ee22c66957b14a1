package io.efka.it.faults;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The disk is full, read-only or broken: services go on, and nothing is promised that was not written down. */
class DiskFaultsIT {
    /** Half a block in two seconds. */
    private static final String TICKER = "i=0; while :; do i=$((i+1)); printf '%0100d\\n' $i; sleep 0.05; done";

    private static TestBroker broker;

    private Path folder;

    @BeforeAll
    static void start() {
        broker = Brokers.start();
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @BeforeEach
    void make() {
        folder = Folders.create("disk");
    }

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    @Test
    void aFullDataFolderRefusesWhatCannotBeRecordedAndStopsNothing() throws IOException {
        try (Disk disk = Disk.tmpfs(folder.resolve("data"), "4m");
                var device = new DisturbedDevice(broker, "full-data", Optional.of(folder), List.of())) {
            device.run("ticker", TICKER);
            device.run("unneeded", "exec sleep 600");
            Path filler = disk.fill();

            assertThat(refusalAfterSomeRestarts(device, "ticker")).contains("No space left on device");
            long pid = device.status("ticker").get("pid").getAsLong();
            assertThat(code(device.ask("ticker", "stop", ""))).isEqualTo("disk_full");

            assertStillRuns(device, pid);
            assertThat(code(device.ask("other", "install", install("other")))).isEqualTo("disk_full");
            ok(device.ask("ping"));
            ok(device.ask("list"));
            assertThat(device.agent().log()).doesNotContain("\tat ");
            ok(device.ask("unneeded", "remove", "{\"id\":\"room\"}"));

            Files.delete(filler);
            ok(device.ask("ticker", "stop", ""));
            device.killAndStart();
            device.awaitStatus("ticker", s -> s.get("session").getAsLong() == 2);
            assertThat(device.status("ticker").get("desired").getAsString()).isEqualTo("stopped");
        }
    }

    @Test
    void aFullLogFolderCostsOutputAndNothingElse() throws IOException {
        try (Disk disk = Disk.tmpfs(folder.resolve("logs"), "1m");
                var device = new DisturbedDevice(broker, "full-logs", Optional.of(folder), List.of())) {
            device.run("ticker", TICKER);
            device.awaitText("ticker", "05\n");
            long pid = device.status("ticker").get("pid").getAsLong();
            Path filler = disk.fill();
            // The page that the file ends in has room for some lines more.
            Await.until("the output stalls", DisturbedDevice.SOON, () -> isStalled(device.liveFile("ticker")));

            assertThat(device.status("ticker").get("pid").getAsLong()).isEqualTo(pid);
            device.run("second", "exec sleep 600");
            ok(device.ask("second", "restart", ""));

            int before = device.text("ticker").length();
            Files.delete(filler);
            Await.until(
                    "the output goes on",
                    DisturbedDevice.SOON,
                    () -> device.text("ticker").length() > before);
            assertThat(device.status("ticker").get("pid").getAsLong()).isEqualTo(pid);
            assertThat(device.status("ticker").get("restarts").getAsInt()).isZero();
        }
    }

    @Test
    void anUnwritableDataFolderIsRefusedAtTheStart() {
        Path data = folder.resolve("data");
        try (Disk disk = Disk.tmpfs(data, "1m")) {
            disk.makeReadOnly();
            try (AgentProcess agent = AgentProcess.run(broker, "read-only", data)) {
                assertThat(agent.exitCode()).isEqualTo(73);
                assertThat(agent.log())
                        .contains(data.toString())
                        .contains("read-only file system")
                        .contains("--data-dir")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void aDataFolderThatTurnsReadOnlyRefusesChangesUntilTheNextMount() {
        Path data = folder.resolve("data");
        Path image = folder.resolve("image");
        try (Disk disk = Disk.ext4(image, data);
                var device = new DisturbedDevice(broker, "turned", Optional.of(folder), List.of())) {
            device.run("ticker", TICKER);
            long pid = device.status("ticker").get("pid").getAsLong();
            disk.breakDown();

            JsonObject refused = device.ask("ticker", "stop", "");
            assertThat(code(refused)).isEqualTo("disk_full");
            assertThat(refused.toString()).contains("Read-only file system");
            assertStillRuns(device, pid);
            ok(device.ask("info"));

            assertThat(device.killAndStart().exitCode()).isEqualTo(73);

            // The power goes, and comes back.
            Shell.run("kill", "-KILL", "--", "-" + pid).ok();
            disk.unmount();
            disk.mount(image);
            device.killAndStart();
            JsonObject again = device.awaitStatus(
                    "ticker",
                    s -> s.get("session").getAsLong() == 2
                            && s.get("state").getAsString().equals("running"));
            assertThat(again.get("desired").getAsString()).isEqualTo("running");
            ok(device.ask("ticker", "stop", ""));
        }
    }

    @Test
    void aStateThatMayNotGrowIsSaidAndServicesRun() {
        // 256 KiB in blocks of 512 bytes: what a disk quota does, without a disk of its own and without rights.
        List<String> limited = List.of("sh", "-c", "ulimit -f 512; exec \"$@\"", "sh");
        try (var device = new DisturbedDevice(broker, "quota", Optional.of(folder), limited)) {
            device.run("sleeper", "exec sleep 600");
            assertThat(refusalAfterSomeRestarts(device, "sleeper")).contains("File too large");
            assertThat(device.status("sleeper").get("state").getAsString()).isEqualTo("running");
            device.killAndStart();
            device.awaitStatus("sleeper", s -> s.get("session").getAsLong() == 2);
            ok(device.ask("sleeper", "stop", ""));
        }
    }

    private static void assertStillRuns(DisturbedDevice device, long pid) {
        JsonObject status = device.status("ticker");
        assertThat(status.get("pid").getAsLong()).isEqualTo(pid);
        assertThat(status.get("desired").getAsString()).isEqualTo("running");
        int before = device.text("ticker").length();
        Await.until(
                "the output goes on",
                DisturbedDevice.SOON,
                () -> device.text("ticker").length() > before);
    }

    /** Every one of them either works or says why not; returns what the first refused one says. */
    private static String refusalAfterSomeRestarts(DisturbedDevice device, String service) {
        for (int i = 0; i < 200; i++) {
            JsonObject reply = device.ask(service, "restart", "");
            if (reply.get("ok").getAsBoolean()) continue;
            assertThat(code(reply)).isEqualTo("disk_full");
            return reply.getAsJsonObject("error").get("message").getAsString();
        }
        throw new AssertionError("200 restarts were recorded on a full disk");
    }

    private static boolean isStalled(Path file) {
        try {
            long size = Files.size(file);
            long until = System.nanoTime() + Duration.ofMillis(500).toNanos();
            while (System.nanoTime() < until) {
                if (Files.size(file) > size) return false;
                LockSupport.parkNanos(10_000_000);
            }
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String install(String service) {
        return "{\"manifest\":{\"service_id\":\"" + service + "\",\"exec\":\"run.sh\",\"health_check\":\"process:\"},"
                + "\"files\":{\"run.sh\":{\"text\":\"#!/bin/sh\\nexec sleep 600\\n\",\"mode\":\"0755\"}}}";
    }
}
