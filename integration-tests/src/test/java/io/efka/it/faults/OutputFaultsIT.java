package io.efka.it.faults;

import static io.efka.it.faults.Patient.assertOk;
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
        try (var patient = new Patient(broker, "deleted", List.of())) {
            patient.run("parrot", PARROT);
            say(patient, "parrot", "before");
            patient.awaitText("parrot", "before\n");

            Files.delete(patient.liveFile("parrot"));
            JsonObject event = patient.awaitEvent("parrot", "output_file_deleted");
            assertThat(event.get("stream").getAsString()).isEqualTo("stdout");
            assertThat(event.get("offset").getAsLong()).isEqualTo(7);

            // The service goes on writing into the file that has no name any more, until its next run.
            say(patient, "parrot", "into the void");
            assertOk(patient.ask("parrot", "restart", ""));
            say(patient, "parrot", "after");
            patient.awaitText("parrot", "after\n");
            assertThat(patient.text("parrot")).isEqualTo("before\nafter\n");
            assertContiguous(patient.output("parrot"));
        }
    }

    @Test
    void aTruncatedFileIsSaidAndLosesNothingThatIsWrittenAfterwards() throws IOException {
        try (var patient = new Patient(broker, "truncated", List.of())) {
            patient.run("parrot", PARROT);
            say(patient, "parrot", "before");
            patient.awaitText("parrot", "before\n");

            Files.newByteChannel(
                            patient.liveFile("parrot"), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
            patient.awaitEvent("parrot", "output_file_truncated");
            say(patient, "parrot", "after");
            patient.awaitText("parrot", "after\n");

            assertThat(patient.text("parrot")).isEqualTo("before\nafter\n");
            assertContiguous(patient.output("parrot"));
            JsonObject logs = patient.ask("parrot", "logs", "{\"lines\":10}");
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
        try (var patient = new Patient(broker, "unwatched", wrapper)) {
            assertThat(patient.agent().log()).contains("looked at by the clock");
            patient.run("parrot", PARROT);
            for (int i = 0; i < 3; i++) {
                say(patient, "parrot", "line " + i);
                patient.awaitText("parrot", "line " + i + "\n");
            }
        }
    }

    @Test
    void lostInotifyEventsLoseNoOutput() throws IOException {
        int queue = Integer.parseInt(Files.readString(Path.of("/proc/sys/fs/inotify/max_queued_events"))
                .strip());
        int lines = queue / 2 + 2_000;
        try (var patient = new Patient(broker, "overflow", List.of())) {
            patient.run("parrot", PARROT);
            // Two files in turn: the kernel would make one event of many in a row about the same file.
            patient.run(
                    "flood",
                    "read -r go; for i in $(seq " + lines + "); do echo o; echo e >&2; done; touch done;"
                            + " exec sleep 600");
            Path work = patient.data().resolve("services/flood");
            signal(patient, "-STOP");
            try {
                // The agent is stopped, so its services are told as it would do it.
                write(patient, "flood", "go");
                Await.until("the flood is over", Patient.SOON, () -> Files.exists(work.resolve("done")));
                write(patient, "parrot", "its event had no room");
            } finally {
                signal(patient, "-CONT");
            }
            patient.awaitText("parrot", "its event had no room\n");
            Await.until(
                    "all of the flood came",
                    Patient.SOON,
                    () -> patient.text("flood").length() == 2 * lines);
            say(patient, "parrot", "watched again");
            patient.awaitText("parrot", "watched again\n");
        }
    }

    @Test
    void withoutDescriptorsNothingEndsAndAllGoesOnOnceThereAreSome() {
        try (var patient = new Patient(broker, "descriptors", List.of())) {
            patient.run("parrot", PARROT);
            say(patient, "parrot", "before");
            patient.awaitText("parrot", "before\n");
            long pid = patient.status("parrot").get("pid").getAsLong();

            limitDescriptors(patient, 3);
            JsonObject refused = patient.ask("parrot", "restart", "");
            assertThat(refused.get("ok").getAsBoolean()).as("%s", refused).isFalse();
            assertThat(refused.toString()).contains("oo many open files");
            assertThat(patient.status("parrot").get("pid").getAsLong()).isEqualTo(pid);

            Shell.run("kill", "-KILL", String.valueOf(pid)).ok();
            // Whether anything is left of it cannot be seen: a second one could be a copy.
            patient.awaitStatus("parrot", s -> !s.get("state").getAsString().equals("running"));
            Await.until(
                    "the agent says so",
                    Patient.SOON,
                    () -> patient.agent().log().contains("too many open files"));
            broker.kill();
            broker.startEmpty();

            limitDescriptors(patient, 1024);
            patient.watchAgain();
            JsonObject status = patient.awaitStatus(
                    "parrot", s -> s.get("state").getAsString().equals("running"));
            assertThat(status.get("pid").getAsLong()).isNotEqualTo(pid);
            say(patient, "parrot", "after");
            patient.awaitText("parrot", "after\n");
        }
    }

    @Test
    void withoutDescriptorsAnAdoptedServiceIsNotTakenForGone() {
        try (var patient = new Patient(broker, "adopted", List.of())) {
            patient.run("parrot", PARROT);
            long pid = patient.status("parrot").get("pid").getAsLong();
            patient.killAndStart();
            patient.awaitStatus(
                    "parrot",
                    s -> s.get("session").getAsLong() == 2
                            && s.get("state").getAsString().equals("running"));

            limitDescriptors(patient, 3);
            // An adopted process is looked at every second at least.
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            limitDescriptors(patient, 1024);

            say(patient, "parrot", "still the same");
            patient.awaitText("parrot", "still the same\n");
            assertThat(patient.status("parrot").get("pid").getAsLong()).isEqualTo(pid);
            assertThat(patient.status("parrot").get("restarts").getAsInt()).isZero();
        }
    }

    @Test
    void withoutDescriptorsTheAgentStillEndsItsServicesAndItself() {
        try (var patient = new Patient(broker, "ending", List.of())) {
            patient.run("parrot", PARROT);
            long pid = patient.status("parrot").get("pid").getAsLong();

            limitDescriptors(patient, lowestFree(patient));
            JsonObject refused = patient.ask("parrot", "restart", "");
            assertThat(refused.toString()).contains("oo many open files");
            assertThat(patient.agent().terminate()).isZero();

            assertThat(patient.agent().timeToEnd()).isLessThan(Duration.ofSeconds(10));
            assertThat(Path.of("/proc/" + pid)).doesNotExist();
            assertThat(patient.agent().log()).doesNotContain("not all services ended");
        }
    }

    /** As after a leak: every number below is taken. */
    private static int lowestFree(Patient patient) {
        Path open = Path.of("/proc/" + patient.agent().pid() + "/fd");
        int number = 0;
        while (Files.exists(open.resolve(Integer.toString(number)), LinkOption.NOFOLLOW_LINKS)) number++;
        return number;
    }

    private static void limitDescriptors(Patient patient, int most) {
        long pid = patient.agent().pid();
        Shell.run("prlimit", "--nofile=" + most + ":", "--pid", String.valueOf(pid))
                .ok();
    }

    private static void signal(Patient patient, String signal) {
        Shell.run("kill", signal, String.valueOf(patient.agent().pid())).ok();
    }

    private static void say(Patient patient, String service, String line) {
        assertOk(patient.ask(service, "input", "{\"text\":\"" + line + "\\n\"}"));
    }

    /** Into the FIFO that is the service's stdin. */
    private static void write(Patient patient, String service, String line) throws IOException {
        long pid = patient.watcher()
                .last(patient.topic("svc/" + service + "/status"))
                .orElseThrow()
                .get("pid")
                .getAsLong();
        Files.writeString(Path.of("/proc/" + pid + "/fd/0").toRealPath(), line + "\n", StandardOpenOption.WRITE);
    }

    private static void assertContiguous(List<Watcher.Seen> output) {
        long next = Patient.offset(output.get(0));
        for (Watcher.Seen message : output) {
            assertThat(Patient.offset(message)).isEqualTo(next);
            next = Patient.end(message);
        }
    }
}
