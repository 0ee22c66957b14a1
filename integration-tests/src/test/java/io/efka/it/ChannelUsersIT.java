package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who gets in at the channel where the agent is root and services run as users of their own. */
final class ChannelUsersIT {
    private static final String OWNER = "nobody";
    private static final String STRANGER = "daemon";
    private static final String ATTACH = "printf '{\"type\":\"attach\",\"service\":\"%s\",\"token\":\"%s\"}\\n' "
            + "\"$EFKA_SERVICE\" \"$EFKA_TOKEN\" | socat -t 2 - \"UNIX-CONNECT:$EFKA_CHANNEL\"";

    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("shared");

    @BeforeAll
    static void onlyRootHasOtherUsers() throws IOException {
        boolean isRoot = System.getProperty("user.name").equals("root");
        boolean hasClients = Brokers.isOnPath("socat") && Brokers.isOnPath("setpriv");
        if (!isRoot || !hasClients) {
            System.out.println("[channel] NOT TRIED: other users can only be had by root, with setpriv and socat");
        }
        assumeTrue(isRoot, "other users can only be had by root");
        assumeTrue(hasClients, "needs setpriv and socat");
        Files.setPosixFilePermissions(SHARED.device().folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Device device() {
        return SHARED.device();
    }

    /** A folder in which services of any user can leave their keys. */
    private static Path keys() throws IOException {
        Path folder = Files.createDirectories(device().folder().resolve("keys"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        return folder;
    }

    /** Attaches as that user with that key; returns what was answered. */
    private static String attach(String user, ChannelKey key) {
        Map<String, String> environment = Map.of(
                "EFKA_CHANNEL", key.socket().toString(),
                "EFKA_SERVICE", key.service(),
                "EFKA_TOKEN", key.token());
        return as(user, environment, ATTACH);
    }

    private static String as(String user, Map<String, String> environment, String script) {
        List<String> command = List.of("setpriv", "--reuid", user, "--clear-groups", "sh", "-c", script);
        Shell.Result result = Shell.run(command, environment, Duration.ofSeconds(30));
        return result.out() + result.err();
    }

    @Test
    void aStolenTokenOfRootsServiceIsOfNoUseToAnotherUser() throws IOException {
        device().run(Bundle.script("roots", ChannelKey.leaveIn(keys()), "exec sleep 600"));
        ChannelKey stolen = ChannelKey.of(keys(), "roots");

        assertThat(attach(OWNER, stolen)).contains("\"not_allowed\"").doesNotContain("attached");

        assertThat(attach("root", stolen)).contains("\"attached\"");
    }

    @Test
    void aServiceWithAUserOfItsOwnAttachesAndOnlyThatUserAndRootMay() throws IOException {
        device().run(Bundle.script("owned", "id -un", ATTACH, ChannelKey.leaveIn(keys()), "exec sleep 600")
                .with("user", "\"" + OWNER + "\""));
        device().awaitOutput("owned", OWNER + "\n");
        device().awaitOutput("owned", "\"attached\"");
        ChannelKey key = ChannelKey.of(keys(), "owned");

        assertThat(attach(STRANGER, key)).contains("\"not_allowed\"").doesNotContain("attached");
        assertThat(attach(OWNER, key)).contains("\"attached\"");
        assertThat(attach("root", key)).contains("\"attached\"");
    }

    @Test
    void theConfigurationIsReadableByTheServicesUserAlone() {
        device().run(Bundle.script(
                        "told",
                        "trap 'stat -c \"%U %a\" \"$EFKA_CONFIG\"; cat \"$EFKA_CONFIG\"' USR1",
                        "echo \"at $EFKA_CONFIG\"",
                        "stat -c 'first %U %a' \"$EFKA_CONFIG\"",
                        "while :; do sleep 0.1; done")
                .with("user", "\"" + OWNER + "\""));
        device().awaitOutput("told", "first " + OWNER + " 600\n");
        ok(device().ask("told", "config", "{\"set\":{\"secret\":\"pudding\"},\"signal\":\"USR1\"}"));
        device().awaitOutput("told", OWNER + " 600\n{\"secret\":\"pudding\"}\n");

        String file = device().output("told", "stdout")
                .lines()
                .findFirst()
                .orElseThrow()
                .substring("at ".length());
        Map<String, String> itsFile = Map.of("FILE", file);
        assertThat(as(STRANGER, itsFile, "cat \"$FILE\""))
                .contains("Permission denied")
                .doesNotContain("pudding");
        assertThat(as(OWNER, itsFile, "cat \"$FILE\"")).contains("pudding");
    }
}
