package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DeployCommandTest {
    private static final int USAGE = 2; // picocli's; the whole command line has its own

    private final CommandFixture fleet = new CommandFixture();

    @TempDir
    Path folder;

    @BeforeEach
    void aDevice() throws Exception {
        Files.writeString(folder.resolve("manifest.json"), "{\"service_id\":\"cam\"}");
        fleet.device("gate7", "cam");
    }

    @Test
    void aFolderCannotBeLeftToItself() {
        fleet.broker.taking(command -> fleet.broker.reply(command, "{\"ok\":true,\"accepted\":true}"));

        assertThat(fleet.efka("deploy", "gate7/cam", folder.toString(), "--no-wait"))
                .isEqualTo(USAGE);

        assertThat(fleet.err()).contains("--no-wait: must be left out");
        assertThat(fleet.broker.commands()).isEmpty();
    }

    @Test
    void whatIsOnlyAcceptedIsNotCalledDone() {
        fleet.broker.taking(command -> fleet.broker.reply(command, "{\"ok\":true,\"accepted\":true}"));

        int code = fleet.efka("deploy", "gate7/cam", "release:1.4", "--no-wait");
        assertThat(code).as(fleet.err()).isZero();

        assertThat(fleet.out()).isEqualTo("gate7/cam  accepted\n");
    }

    @Test
    void aFolderThatMayNotBeSentEndsTheCommandAtOnce() {
        fleet.clock = System::nanoTime;
        fleet.second.refusingPublish(topic -> topic.contains("/artifact/"));

        assertThat(fleet.efka("deploy", "gate7/cam", folder.toString())).isEqualTo(77);

        assertThat(fleet.err()).contains("sending has ended: ", "not authorised");
    }

    @Test
    void theTimeLimitSaysThatTheDevicesWaitForTheFolder() {
        fleet.clock = System::nanoTime;

        assertThat(fleet.efka("deploy", "gate7/cam", folder.toString(), "--timeout", "1s"))
                .isEqualTo(75);

        assertThat(fleet.err()).contains("no answer within 1 s: gate7/cam", "run the same command again");
    }

    @Test
    void ctrlCSaysThatTheDevicesWaitForTheFolder() {
        fleet.clock = System::nanoTime; // what sends the folder has a thread of its own
        fleet.broker.taking(command -> {
            if (command.topic().endsWith("/cmd/deploy")) fleet.interrupt();
        });

        assertThat(fleet.efka("deploy", "gate7/cam", folder.toString())).isEqualTo(130);

        assertThat(fleet.err())
                .contains("not answered yet: gate7/cam", "run the same command again")
                .doesNotContain("done all the same");
    }
}
