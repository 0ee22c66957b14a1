package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
    private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final List<String> synced = new ArrayList<>();
    private final AtomicFiles recorded = new AtomicFiles(this::record);
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("secret");
    }

    /** What is synced, and what stood under the file's name then. */
    private void record(Path path, AtomicFiles.Sync sync) throws IOException {
        String name = path.equals(folder) ? "folder" : String.valueOf(path.getFileName());
        synced.add(name + " while the file is " + (Files.exists(file) ? Files.readString(file) : "missing"));
        sync.run();
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private static String mode(Path of) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
    }

    @Test
    void theContentIsSyncedBeforeItHasItsNameAndTheFolderAfterwards() throws IOException {
        Files.writeString(file, "old");
        recorded.doReplace(file, NEW, Optional.empty());
        assertThat(file).hasContent("new");
        assertThat(synced).containsExactly(".secret.new while the file is old", "folder while the file is new");
    }

    @Test
    void aFileWithoutAFolderInItsNameIsWrittenToo() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());
        AtomicFiles.replace(relative, NEW, Optional.empty());
        assertThat(file).hasContent("new");
    }

    @Test
    void aReplacedFileIsItsOwnersAlone() throws IOException {
        Files.writeString(file, "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        AtomicFiles.replace(file, NEW, Optional.of(Files.getOwner(folder)));
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void theDraftCanBeReadByNobodyElse() throws IOException {
        var modes = new ArrayList<String>();
        new AtomicFiles((path, sync) -> {
                    if (!path.equals(folder)) modes.add(mode(path));
                })
                .doReplace(file, NEW, Optional.empty());
        assertThat(modes).containsExactly("rw-------");
    }

    @Test
    void afterAFailedSyncTheOldContentIsThereAndNothingHalfWritten() throws IOException {
        Files.writeString(file, "old");
        var full = new AtomicFiles((path, sync) -> {
            throw new IOException("no space left on device");
        });
        assertThatThrownBy(() -> full.doReplace(file, NEW, Optional.empty())).hasMessage("no space left on device");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly(file);
    }

    @Test
    void whatCannotBeRenamedLeavesNoDraft() throws IOException {
        Files.createDirectories(file.resolve("in the way"));
        assertThatThrownBy(() -> AtomicFiles.replace(file, NEW, Optional.empty()))
                .isInstanceOf(IOException.class);
        assertThat(names()).containsExactly(file);
    }

    @Test
    void aDraftThatAKillLeftIsReplaced() throws IOException {
        Files.writeString(AtomicFiles.draftOf(file), "half");
        AtomicFiles.replace(file, NEW, Optional.empty());
        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly(file);
    }

    @Test
    void aNewFileHasItsModeWhenItIsSynced() throws IOException {
        var modes = new ArrayList<String>();
        new AtomicFiles((path, sync) -> modes.add(mode(path)))
                .doCreate(file, NEW, PosixFilePermissions.fromString("rwxr-xr-x"), Optional.empty());
        assertThat(file).hasContent("new");
        assertThat(modes).containsExactly("rwxr-xr-x");
    }

    /** Matters to an agent that is not root. */
    @Test
    void aModeThatForbidsReadingIsNoObstacle() throws IOException {
        AtomicFiles.create(file, NEW, PosixFilePermissions.fromString("--x--x--x"));
        assertThat(mode(file)).isEqualTo("--x--x--x");
    }

    @Test
    void anUnsyncedFileIsReplacedAsAWholeToo() throws IOException {
        Files.writeString(file, "old");
        AtomicFiles.replaceUnsynced(file, NEW, Optional.empty());
        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly(file);
    }

    @Test
    void aNewFileDoesNotTakeThePlaceOfAnother() throws IOException {
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFiles.create(file, NEW, PosixFilePermissions.fromString("rw-------")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void aNewFileThatCannotBeSyncedIsDeleted() throws IOException {
        var full = new AtomicFiles((path, sync) -> {
            throw new IOException("no space left on device");
        });
        assertThatThrownBy(
                        () -> full.doCreate(file, NEW, PosixFilePermissions.fromString("rw-r--r--"), Optional.empty()))
                .hasMessage("no space left on device");
        assertThat(names()).isEmpty();
    }

    @Test
    void anInterruptDoesNotDisturbASync() throws IOException {
        Files.writeString(file, "old");
        Thread.currentThread().interrupt();
        AtomicFiles.sync(folder);
        AtomicFiles.sync(file);
        assertThat(Thread.interrupted()).isTrue();
    }
}
