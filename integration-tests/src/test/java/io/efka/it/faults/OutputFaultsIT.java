package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody lays hands on the output files, or the kernel has no watch, no event and no descriptor to give. */
class OutputFaultsIT {
    /** Says what it is told on its stdin, line by line. */
    private static final String PARROT = "while read -r line; do echo \"$line\"; done";

    private static TestBroker broker;

    @BeforeAll
    static void start() {
        broker = Brokers.start();
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @Test
    void aDeletedFileIsSaidAndTheOffsetsGoOn() throws IOException {
        try (var device = new DisturbedDevice(broker, "deleted", List.of())) {
            device.run("parrot", PARROT);
            say(device, "parrot", "before");
            device.awaitText("parrot", "before\n");

            Files.delete(device.liveFile("parrot"));
            JsonObject event = device.awaitEvent("parrot", "output_file_deleted");
            assertThat(event.get("stream").getAsString()).isEqualTo("stdout");
            assertThat(event.get("offset").getAsLong()).isEqualTo(7);

            // The service goes on writing into the file that has no name any more, until its next run.
            say(device, "parrot", "into the void");
            ok(device.ask("parrot", "restart", ""));
            say(device, "parrot", "after");
            device.awaitText("parrot", "after\n");
            assertThat(device.text("parrot")).isEqualTo("before\nafter\n");
            assertContiguous(device.output("parrot"));
        }
    }

    @Test
    void aTruncatedFileIsSaidAndLosesNothingThatIsWrittenAfterwards() throws IOException {
        try (var device = new DisturbedDevice(broker, "truncated", List.of())) {
            device.run("parrot", PARROT);
            say(device, "parrot", "before");
            device.awaitText("parrot", "before\n");

            Files.newByteChannel(
                            device.liveFile("parrot"), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
            device.awaitEvent("parrot", "output_file_truncated");
            say(device, "parrot", "after");
            device.awaitText("parrot", "after\n");

            assertThat(device.text("parrot")).isEqualTo("before\nafter\n");
            assertContiguous(device.output("parrot"));
            JsonObject logs = device.ask("parrot", "logs", "{\"lines\":10}");
            assertThat(logs.get("text").getAsString()).isEqualTo("after\n");
            assertThat(logs.get("oldest").getAsLong()).isEqualTo(7);
        }
    }

    @Test
    void withoutInotifyOutputIsLookedAtByTheClock() {
        List<String> wrapper = List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"",
                "sh");
        boolean isPossible =
                Shell.run("unshare", "--user", "--map-root-user", "true").code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: no user namespaces, inotify cannot be taken away");
        assumeTrue(isPossible, "no user namespaces");
        try (var device = new DisturbedDevice(broker, "unwatched", wrapper)) {
            assertThat(device.agent().log()).contains("polled instead");
            device.run("parrot", PARROT);
            for (int i = 0; i < 3; i++) {
                say(device, "parrot", "line " + i);
                device.awaitText("parrot", "line " + i + "\n");
            }
        }
    }

    @Test
    void lostInotifyEventsLoseNoOutput() throws IOException {
        int queue = Integer.parseInt(Files.readString(Path.of("/proc/sys/fs/inotify/max_queued_events"))
                .strip());
        int lines = queue / 2 + 2_000;
        try (var device = new DisturbedDevice(broker, "overflow", List.of())) {
            device.run("parrot", PARROT);
            // Two files in turn: the kernel would make one event of many in a row about the same file.
            device.run(
                    "flood",
                    "read -r go; for i in $(seq " + lines + "); do echo o; echo e >&2; done; touch done;"
                            + " exec sleep 600");
            Path work = device.workDir("flood");
            signal(device, "-STOP");
            try {
                // The agent is stopped, so its services are told as it would do it.
                write(device, "flood", "go");
                Await.until("the flood is over", DisturbedDevice.SOON, () -> Files.exists(work.resolve("done")));
                write(device, "parrot", "its event had no room");
            } finally {
                signal(device, "-CONT");
            }
            device.awaitText("parrot", "its event had no room\n");
            Await.until(
                    "all of the flood came",
                    DisturbedDevice.SOON,
                    () -> device.text("flood").length() == 2 * lines);
            say(device, "parrot", "watched again");
            device.awaitText("parrot", "watched again\n");
        }
    }

    @Test
    void withoutDescriptorsNothingEndsAndAllGoesOnOnceThereAreSome() {
        try (var device = new DisturbedDevice(broker, "descriptors", List.of())) {
            device.run("parrot", PARROT);
            say(device, "parrot", "before");
            device.awaitText("parrot", "before\n");
            long pid = device.status("parrot").get("pid").getAsLong();

            limitDescriptors(device, 3);
            JsonObject refused = device.ask("parrot", "restart", "");
            assertThat(refused.get("ok").getAsBoolean()).as("%s", refused).isFalse();
            assertThat(refused.toString()).contains("oo many open files");
            assertThat(device.status("parrot").get("pid").getAsLong()).isEqualTo(pid);

            Shell.run("kill", "-KILL", String.valueOf(pid)).ok();
            // Whether anything is left of it cannot be seen: a second one could be a copy.
            device.awaitStatus("parrot", s -> !s.get("state").getAsString().equals("running"));
            Await.until(
                    "the agent says so",
                    DisturbedDevice.SOON,
                    () -> device.agent().log().contains("too many open files"));
            broker.kill();
            broker.startEmpty();

            limitDescriptors(device, 1024);
            device.watchAgain();
            JsonObject status = device.awaitStatus(
                    "parrot", s -> s.get("state").getAsString().equals("running"));
            assertThat(status.get("pid").getAsLong()).isNotEqualTo(pid);
            say(device, "parrot", "after");
            device.awaitText("parrot", "after\n");
        }
    }

    @Test
    void withoutDescriptorsAnAdoptedServiceIsNotTakenForGone() {
        try (var device = new DisturbedDevice(broker, "adopted", List.of())) {
            device.run("parrot", PARROT);
            long pid = device.status("parrot").get("pid").getAsLong();
            device.killAndStart();
            device.awaitStatus(
                    "parrot",
                    s -> s.get("session").getAsLong() == 2
                            && s.get("state").getAsString().equals("running"));

            limitDescriptors(device, 3);
            // An adopted process is looked at every second at least.
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            limitDescriptors(device, 1024);

            say(device, "parrot", "still the same");
            device.awaitText("parrot", "still the same\n");
            assertThat(device.status("parrot").get("pid").getAsLong()).isEqualTo(pid);
            assertThat(device.status("parrot").get("restarts").getAsInt()).isZero();
        }
    }

    @Test
    void withoutDescriptorsTheAgentStillEndsItsServicesAndItself() {
        try (var device = new DisturbedDevice(broker, "ending", List.of())) {
            device.run("parrot", PARROT);
            long pid = device.status("parrot").get("pid").getAsLong();

            limitDescriptors(device, lowestFree(device));
            JsonObject refused = device.ask("parrot", "restart", "");
            assertThat(refused.toString()).contains("oo many open files");
            assertThat(device.agent().terminate()).isZero();

            assertThat(device.agent().timeToEnd()).isLessThan(Duration.ofSeconds(10));
            assertThat(Path.of("/proc/" + pid)).doesNotExist();
            assertThat(device.agent().log()).doesNotContain("not all services ended");
        }
    }

    /** As after a leak: every number below is taken. */
    private static int lowestFree(DisturbedDevice device) {
        Path open = Path.of("/proc/" + device.agent().pid() + "/fd");
        int number = 0;
        while (Files.exists(open.resolve(Integer.toString(number)), LinkOption.NOFOLLOW_LINKS)) number++;
        return number;
    }

    private static void limitDescriptors(DisturbedDevice device, int most) {
        long pid = device.agent().pid();
        Shell.run("prlimit", "--nofile=" + most + ":", "--pid", String.valueOf(pid))
                .ok();
    }

    private static void signal(DisturbedDevice device, String signal) {
        Shell.run("kill", signal, String.valueOf(device.agent().pid())).ok();
    }

    private static void say(DisturbedDevice device, String service, String line) {
        ok(device.ask(service, "input", "{\"text\":\"" + line + "\\n\"}"));
    }

    /** Into the FIFO that is the service's stdin. */
    private static void write(DisturbedDevice device, String service, String line) throws IOException {
        long pid = device.watcher()
                .last(device.topic("svc/" + service + "/status"))
                .orElseThrow()
                .get("pid")
                .getAsLong();
        Files.writeString(Path.of("/proc/" + pid + "/fd/0").toRealPath(), line + "\n", StandardOpenOption.WRITE);
    }

    private static void assertContiguous(List<Watcher.Seen> output) {
        long next = output.get(0).offset();
        for (Watcher.Seen message : output) {
            assertThat(message.offset()).isEqualTo(next);
            next = message.end();
        }
    }
}
