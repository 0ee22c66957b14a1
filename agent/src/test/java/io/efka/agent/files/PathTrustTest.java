package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who else than root can change what root would run. */
final class PathTrustTest {
    private static final Optional<String> NOBODY = Optional.of("nobody");

    @TempDir
    Path temp;

    private Path folder;
    private Path file;

    @BeforeEach
    void makeWhatRootAloneCanChange() throws IOException {
        assumeTrue(Privileges.isRoot(), "only root can give files away");
        folder = mode(Files.createDirectories(temp.resolve("srv/cam")), "rwxr-xr-x");
        file = mode(Files.writeString(folder.resolve("manifest.json"), "{}"), "rw-r--r--");
    }

    @Test
    void whatIsRootsInFoldersOfRootsIsTrusted() {
        assertThat(PathTrust.of(file, Optional.empty())).isEqualTo(new PathTrust(Optional.empty(), false));
    }

    @Test
    void everyPartOfTheWayCountsAndIsNamedWithTheCure() throws IOException {
        for (Path part : new Path[] {file, folder, folder.getParent()}) {
            own(part, "nobody");
            assertThat(objection(file)).isEqualTo(part + " can be changed by its owner nobody: chown root " + part);
            own(part, "root");
            String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(part));
            mode(part, "rwxr-xrwx");
            assertThat(objection(file)).isEqualTo(part + " can be changed by everybody (mode 0757): chmod o-w " + part);
            mode(part, "rwxrwxr-x");
            group(part, "daemon");
            assertThat(objection(file))
                    .isEqualTo(part + " can be changed by group daemon (mode 0775): chmod g-w " + part);
            group(part, "root");
            assertThat(objection(file)).isEqualTo("none");
            mode(part, before);
        }
    }

    @Test
    void aUserMayChangeWhatRunsAsThatUser() throws IOException {
        own(folder, "nobody");
        own(file, "nobody");
        assertThat(PathTrust.of(file, NOBODY)).isEqualTo(new PathTrust(Optional.empty(), true));
        assertThat(PathTrust.of(file, Optional.of("65534")).objection()).isEmpty();
        assertThat(PathTrust.of(file, Optional.of("daemon"))
                        .objection()
                        .orElseThrow()
                        .path())
                .isEqualTo(folder);
        assertThat(PathTrust.of(file, Optional.of("no such user")).objection()).isPresent();
    }

    @Test
    void inAStickyFolderOnlyTheOwnersOfWhatIsInItCount() throws IOException {
        Path tmp = mode(Files.createDirectory(temp.resolve("tmp")), "rwxrwxrwx");
        Path inside = mode(Files.writeString(tmp.resolve("run.sh"), ""), "rwxr-xr-x");
        assertThat(objection(inside)).contains("by everybody");

        Files.setAttribute(tmp, "unix:mode", 01777);
        assertThat(objection(inside)).isEqualTo("none");
        assertThat(objection(tmp)).as("to run in").contains("by everybody (mode 1777)");
        assertThat(PathTrust.ofNewIn(tmp).objection())
                .as("to make something in")
                .isEmpty();

        own(inside, "nobody");
        assertThat(objection(inside)).contains("its owner nobody");
    }

    @Test
    void linksAreFollowedAndCountAsWhatTheyLeadThrough() throws IOException {
        Path open = mode(Files.createDirectory(temp.resolve("open")), "rwxrwxrwx");
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("hop"));
        Files.createSymbolicLink(temp.resolve("hop"), folder);
        assertThat(objection(link.resolve("manifest.json"))).isEqualTo("none");

        own(temp.resolve("hop"), "nobody");
        assertThat(objection(link.resolve("manifest.json"))).contains("/hop can be changed by its owner nobody");

        Path hidden = Files.createSymbolicLink(temp.resolve("hidden"), open.resolve("../srv/cam"));
        assertThat(objection(hidden.resolve("manifest.json"))).contains("/open can be changed by everybody");
    }

    @Test
    void aScriptCountsAsAProgramDoesAndDataDoNot() throws IOException {
        Path script = mode(Files.writeString(folder.resolve("run.sh"), ""), "rw-r--r--");
        Path data = mode(Files.createDirectory(folder.resolve("data")), "rwxrwxrwx");
        var args = List.of("-e", "run.sh", data.toString());
        assertThat(scripts(args)).isEmpty();

        own(script, "nobody");
        assertThat(scripts(args).orElseThrow().toString())
                .isEqualTo(script + " can be changed by its owner nobody: chown root " + script);
        assertThat(PathTrust.ofScripts(Path.of("/bin/sh"), args, folder, NOBODY))
                .isEmpty();
        assertThat(scripts(List.of("none.sh")))
                .as("not there, in a folder of root's")
                .isEmpty();
        assertThat(scripts(List.of("data/none.sh")).orElseThrow().path())
                .as("where anybody could make it")
                .isEqualTo(data);
    }

    private Optional<PathTrust.Objection> scripts(List<String> args) {
        return PathTrust.ofScripts(Path.of("/bin/sh"), args, folder, Optional.empty());
    }

    @Test
    void whatIsNotThereOrLeadsInACircleIsNotTrusted() throws IOException {
        assertThat(objection(folder.resolve("none"))).contains("cannot be read");
        Files.createSymbolicLink(temp.resolve("a"), temp.resolve("b"));
        Files.createSymbolicLink(temp.resolve("b"), temp.resolve("a"));
        assertThat(objection(temp.resolve("a"))).contains("too many levels of links");
    }

    private static String objection(Path path) {
        return PathTrust.of(path, Optional.empty())
                .objection()
                .map(PathTrust.Objection::toString)
                .orElse("none");
    }

    private static Path mode(Path file, String mode) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void own(Path file, String user) throws IOException {
        view(file)
                .setOwner(
                        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }

    private static void group(Path file, String group) throws IOException {
        view(file)
                .setGroup(
                        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
    }

    private static PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
