package io.efka.it.faults;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another user of the machine, on which the agent is root: what that user can read, change, forge and become. */
final class BoundariesIT {
    private static final String OTHER = "nobody";

    private TestBroker broker;
    private Device device;
    private Path registered;

    @BeforeEach
    void start() throws IOException {
        boolean isPossible = System.getProperty("user.name").equals("root")
                && Shell.run("setpriv", "--version").code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: other users can only be had by root, with setpriv");
        assumeTrue(isPossible, "other users can only be had by root");
        broker = Brokers.start();
        device = new Device(broker, "shared-box");
        Files.setPosixFilePermissions(device.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        registered = Files.createDirectories(device.folder().resolve("roots/theirs"));
        device.start("--work-dir-roots", registered.getParent().toString());
    }

    @AfterEach
    void end() {
        if (device != null) device.close();
        if (broker != null) broker.close();
    }

    @Test
    void secretsInStateConfigurationsAndInputsAreNotTheirsToRead() {
        device.run(Bundle.script("roots", "read -r line; echo \"got $line\"; exec sleep 600")
                .with("env", "{\"PASSWORD\":\"pudding-env\"}"));
        ok(device.ask("roots", "input", "{\"text\":\"pudding-input\\n\"}"));
        ok(device.ask("roots", "config", "{\"set\":{\"secret\":\"pudding-config\"}}"));

        Shell.Result tried = as("cat '" + device.data() + "'/state/* '" + device.data() + "'/lock '" + device.data()
                + "'/channel.key '" + device.workDir("roots") + "'/manifest.json; ls '" + device.data()
                + "' '" + device.data() + "/state' '" + device.data() + "/services' '" + device.data() + "/run'");

        assertThat(tried.out()).isEmpty();
        assertThat(tried.err()).contains("Permission denied");
    }

    @Test
    void whatAnOlderAgentLeftOpenIsShutWithOneWarning() throws IOException {
        device.agent().terminate();
        Path lock = device.data().resolve("lock");
        Path state = device.data().resolve("state");
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));

        device.start();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        assertThat(device.agent().log().lines().filter(line -> line.contains("could read 2 of the agent's files")))
                .hasSize(1);
    }

    @Test
    void theirServiceReachesItsFolderAndItsInputAndCanBecomeNobodyElse() throws IOException {
        own(manifest(",\"user\":\"nobody\""));
        ok(device.ask("theirs", "install", "{\"work_dir\":\"" + registered + "\",\"start\":true}"));
        device.awaitOutput("theirs", "I am nobody in " + registered + "\n");
        ok(device.ask("theirs", "input", "{\"text\":\"hello\\n\"}"));
        device.awaitOutput("theirs", "got hello\n");

        own(manifest(""));
        JsonObject refused = device.ask("theirs", "restart", "");
        assertThat(code(refused)).isEqualTo("invalid_manifest");
        assertThat(refused.toString()).contains("chown root", "its owner nobody");
        own(manifest(",\"user\":\"root\""));
        assertThat(code(device.ask("theirs", "restart", ""))).isEqualTo("invalid_manifest");
        own(manifest(",\"user\":\"nobody\",\"group\":\"root\""));
        assertThat(code(device.ask("theirs", "restart", ""))).isEqualTo("invalid_manifest");
        assertThat(device.output("theirs", "stdout")).doesNotContain("I am root");
    }

    @Test
    void theirScriptIsNotRunByAnInterpreterOfRoots() throws IOException {
        Path script = manifest("").resolve("run.sh");
        String manifest = "{\"service_id\":\"theirs\",\"exec\":\"/bin/sh\",\"args\":[\"run.sh\"],"
                + "\"health_check\":\"process:\"}";
        Files.writeString(registered.resolve("manifest.json"), manifest);
        ok(device.ask("theirs", "install", "{\"work_dir\":\"" + registered + "\",\"start\":true}"));
        device.awaitOutput("theirs", "I am root in " + registered + "\n");

        own(script, OTHER);
        JsonObject refused = device.ask("theirs", "restart", "");

        assertThat(code(refused)).isEqualTo("invalid_manifest");
        assertThat(refused.toString()).contains("args: must be changed by nobody but root", "chown root " + script);
        own(script, "root");
        ok(device.ask("theirs", "restart", ""));
    }

    @Test
    void aLinkToRootsFileInTheirFolderShowsNothingOfIt() throws IOException {
        Path secret = Files.writeString(device.folder().resolve("shadow"), "pudding:$6$salt");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(registered.resolve("manifest.json"), secret);

        JsonObject refused = device.ask("theirs", "install", "{\"work_dir\":\"" + registered + "\"}");

        assertThat(code(refused)).isEqualTo("invalid_manifest");
        assertThat(refused.toString()).contains("is a link").doesNotContain("pudding");
        assertThat(device.agent().log()).doesNotContain("pudding");
    }

    @Test
    void aForgedRunInTheirEnvironmentDoesNotKeepTheAgentFromStarting() throws Exception {
        device.run(Bundle.sleeper("kept"));
        Process forger = new ProcessBuilder(List.of(
                        "setpriv",
                        "--reuid",
                        OTHER,
                        "--clear-groups",
                        "env",
                        "-i",
                        "EFKA_AGENT=" + device.data().resolve("run"),
                        "EFKA_RUN=x",
                        "sleep",
                        "300"))
                .start();
        try {
            device.agent().kill();
            device.start();

            device.awaitStatus(
                    "kept",
                    status -> status.get("session").getAsLong() == 2
                            && status.get("state").getAsString().equals("running"));
            assertThat(forger.isAlive()).isTrue();
        } finally {
            forger.destroyForcibly();
        }
    }

    private static Shell.Result as(String script) {
        return Shell.run(
                List.of("setpriv", "--reuid", OTHER, "--clear-groups", "sh", "-c", script),
                Map.of(),
                Duration.ofSeconds(30));
    }

    private Path manifest(String more) throws IOException {
        Path program = Files.writeString(
                registered.resolve("run.sh"),
                "#!/bin/sh\necho \"I am $(id -un) in $PWD\"; read -r line; echo \"got $line\"; exec sleep 600\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                registered.resolve("manifest.json"),
                "{\"service_id\":\"theirs\",\"exec\":\"run.sh\",\"health_check\":\"process:\"" + more + "}");
        return registered;
    }

    private static void own(Path folder) throws IOException {
        for (Path file : List.of(folder, folder.resolve("run.sh"), folder.resolve("manifest.json"))) own(file, OTHER);
    }

    private static void own(Path file, String user) throws IOException {
        Files.setOwner(
                file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }
}
