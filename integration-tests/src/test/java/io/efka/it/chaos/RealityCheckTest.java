package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealityCheckTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path proc;

    private final Notes notes = new Notes();
    private final Conditions conditions = new Conditions();
    private RealityCheck check;

    @BeforeEach
    void begin() {
        check = new RealityCheck(new ServiceProcesses(proc, "dev"), conditions, notes, Duration.ofMillis(300));
        conditions.connected(true);
        conditions.online(true, 1);
        check.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        check.end();
    }

    @Test
    void runningWithoutAProcessIsALie() throws IOException {
        process(11, "other");
        says("running", "10");

        await(Verdict.LYING_STATUS);
    }

    @Test
    void stoppedWithAProcessIsALie() throws IOException {
        process(10, "camera");
        says("stopped", "null");

        await(Verdict.LYING_STATUS);
    }

    @Test
    void twoAtATimeAreACopyTooMany() throws IOException {
        process(10, "camera");
        process(11, "camera");

        await(Verdict.COPIES);
    }

    @Test
    void theTruthIsNoLie() throws IOException {
        process(10, "camera");
        says("running", "10");

        awaitLooks(8);
        assertThat(notes.report().isClean()).isTrue();
    }

    @Test
    void nothingIsALieWhileTheAgentIsAway() {
        conditions.driver("agent down");
        says("running", "10");

        awaitLooks(8);
        assertThat(notes.report().isClean()).isTrue();
    }

    private void says(String state, String pid) {
        String document = "{\"state\":\"" + state + "\",\"pid\":" + pid + ",\"since\":\"\"}";
        check.document("camera", JsonParser.parseString(document).getAsJsonObject());
    }

    /** It is there all at once, as the kernel's are. */
    private void process(int pid, String service) throws IOException {
        Path folder = Files.createDirectory(proc.resolve("new"));
        Files.writeString(folder.resolve("environ"), "EFKA_DEVICE=dev\0EFKA_SERVICE=" + service + "\0EFKA_RUN=1\0");
        Files.writeString(folder.resolve("cmdline"), "/bin/sh\0run.sh\0");
        Files.writeString(
                folder.resolve("stat"), pid + " (sh) S 1 " + pid + " " + pid + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 77 0");
        Files.move(folder, proc.resolve(Integer.toString(pid)));
    }

    private void await(Verdict verdict) {
        Await.until(verdict.words(), LIMIT, () -> notes.report().count(verdict) == 1);
    }

    private void awaitLooks(int more) {
        long until = check.looks() + more;
        Await.until("looks", LIMIT, () -> check.looks() >= until);
    }
}
