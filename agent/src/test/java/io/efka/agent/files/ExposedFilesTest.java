package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an older agent left open is shut at the start of a newer one. */
final class ExposedFilesTest {
    @TempDir
    Path data;

    @Test
    void whatEverybodyCouldReadIsTheAgentsAlone() throws IOException {
        for (String file : new String[] {"state/journal-00000001", "state/a.damaged-1", "run/cam.stdin", "lock"})
            open(file);
        Path script = open("services/cam/run.sh");
        Path elsewhere = open("elsewhere");
        Files.createSymbolicLink(data.resolve("state/link"), elsewhere);

        ExposedFiles.makePrivate(data);

        for (String file : new String[] {"state/journal-00000001", "state/a.damaged-1", "run/cam.stdin", "lock"}) {
            assertThat(mode(data.resolve(file))).as(file).isEqualTo("rw-------");
        }
        assertThat(mode(data.resolve("state"))).isEqualTo("rwx------");
        assertThat(mode(data.resolve("run"))).isEqualTo("rwx------");
        assertThat(mode(data.resolve("services"))).isEqualTo(Privileges.isRoot() ? "rwx--x--x" : "rwx------");
        assertThat(mode(script)).as("a service's file is as it was installed").isEqualTo("rw-r--r--");
        assertThat(mode(elsewhere)).as("behind a link").isEqualTo("rw-r--r--");
    }

    @Test
    void whatIsMadeIsPrivateFromTheFirstMoment() throws IOException {
        PrivateFiles.create(data.resolve("file"));
        PrivateFiles.create(data.resolve("file"));
        PrivateFiles.makeFolder(data.resolve("a/folder"));
        PrivateFiles.makePassage(data.resolve("passage"));

        assertThat(mode(data.resolve("file"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("a/folder"))).isEqualTo("rwx------");
        assertThat(mode(data.resolve("passage"))).isEqualTo(Privileges.isRoot() ? "rwx--x--x" : "rwx------");
    }

    private Path open(String name) throws IOException {
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(file, "secret");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
