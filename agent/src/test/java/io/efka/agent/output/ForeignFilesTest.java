package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.CAMERA;
import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.keeping;
import static io.efka.agent.output.OutputKit.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Something else lies where an output file or folder was: it is neither published nor changed, and output goes on. */
class ForeignFilesTest {
    private static final String SECRET = "a secret of somebody else's\n".repeat(20_000);

    @TempDir
    private Path outside;

    private Path secret;
    private OutputKit kit;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        secret = Files.writeString(outside.resolve("secret"), SECRET);
        kit = new OutputKit(folder);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private Path stdout() throws IOException {
        return kit.output().files().current(CAMERA).stdout();
    }

    private enum Thing {
        LINK {
            @Override
            void make(Path at, Path secret) throws IOException {
                Files.createSymbolicLink(at, secret);
            }
        },
        HARD_LINK {
            @Override
            void make(Path at, Path secret) throws IOException {
                Files.createLink(at, secret);
            }
        },
        COPY {
            @Override
            void make(Path at, Path secret) throws IOException {
                Files.copy(secret, at);
            }
        },
        FOLDER {
            @Override
            void make(Path at, Path secret) throws IOException {
                Files.createDirectory(at);
                Files.writeString(at.resolve("inside"), "x");
            }
        },
        FIFO {
            @Override
            void make(Path at, Path secret) throws IOException {
                Process making = new ProcessBuilder("mkfifo", at.toString()).start();
                assertThat(making.onExit().join().exitValue()).isZero();
            }
        },
        DANGLING_LINK {
            @Override
            void make(Path at, Path secret) throws IOException {
                Files.createSymbolicLink(at, secret.resolveSibling("not-there"));
            }
        };

        abstract void make(Path at, Path secret) throws IOException;
    }

    /** As one move, as an attacker would: the file is never missing. */
    private void replace(Path file, Thing thing) throws IOException {
        Path made = outside.resolve("made");
        thing.make(made, secret);
        Files.delete(file);
        Files.move(made, file);
    }

    @ParameterizedTest
    @EnumSource
    void inPlaceOfTheLiveFileIsNeitherPublishedNorPunched(Thing thing) throws IOException {
        kit.register(keeping(8192, 8192));
        append(kit.begin(1).stdout(), "one\n");
        Await.until("shipped", () -> kit.text("stdout").equals("one\n"));
        replace(stdout(), thing);
        Await.until(
                "noticed",
                () -> !kit.announced.of("output_file_replaced").isEmpty()
                        || !kit.announced.of("output_file_deleted").isEmpty());
        append(kit.begin(2).stdout(), "two\n");
        Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
        kit.restart();
        kit.register(keeping(8192, 8192));
        append(kit.begin(3).stdout(), "three\n");
        Await.until("three", () -> kit.text("stdout").equals("one\ntwo\nthree\n"));
        assertThat(secret).content().isEqualTo(SECRET);
        assertThat(outside.resolve("not-there")).doesNotExist();
        assertThat(kit.output().files().forget(CAMERA)).isTrue();
        assertThat(secret).content().isEqualTo(SECRET);
    }

    @ParameterizedTest
    @EnumSource
    void inPlaceOfAFileThatWaitsToBeSentIsAGap(Thing thing) throws IOException {
        kit.link.lose();
        kit.output().disconnected();
        kit.register(rule());
        Path first = kit.begin(1).stdout();
        append(first, "one\n");
        append(kit.begin(2).stdout(), "two\n");
        replace(first, thing);
        kit.link.restore();
        kit.output().connected();
        Await.until("shipped", () -> Observer.of(kit.link.published(), "stdout").end() == 8);
        assertThat(Observer.of(kit.link.published(), "stdout").missing()).isEqualTo(4);
        assertThat(kit.announced.of("output_dropped")).hasSize(1);
        assertThat(secret).content().isEqualTo(SECRET);
    }

    @Test
    void aLinkThatIsThereWhenTheAgentStartsIsLeftAlone() throws IOException {
        kit.register(rule());
        append(kit.begin(1).stdout(), "one\n");
        Await.until("shipped", () -> kit.text("stdout").equals("one\n"));
        kit.output().close();
        replace(stdout(), Thing.LINK);
        kit.restart();
        kit.register(rule());
        append(kit.begin(2).stdout(), "two\n");
        Await.until("two", () -> kit.text("stdout").endsWith("two\n"));
        assertThat(kit.text("stdout")).isEqualTo("one\ntwo\n");
        assertThat(secret).content().isEqualTo(SECRET);
    }

    @ParameterizedTest
    @EnumSource(names = {"LINK", "DANGLING_LINK", "FIFO"})
    void inPlaceOfTheMarkIsRemoved(Thing thing) throws IOException {
        kit.register(keeping(8192, 8192));
        Path stdout = kit.begin(1).stdout();
        replace(kit.folder.resolve("camera/stdout.oldest"), thing);
        for (int i = 0; i < 20; i++) append(stdout, "0123456789abcde\n".repeat(256));
        Await.until("shipped", () -> Observer.of(kit.link.published(), "stdout").end() == 20 * 4096);
        Await.until(
                "freed",
                () -> kit.folder.resolve("camera/stdout.oldest").toFile().isFile());
        assertThat(secret).content().isEqualTo(SECRET);
        assertThat(outside.resolve("not-there")).doesNotExist();
    }

    @Test
    void aLinkInPlaceOfTheFolderIsRefusedAndSaid() throws IOException {
        kit.register(rule());
        append(kit.begin(1).stdout(), "one\n");
        Await.until("shipped", () -> kit.text("stdout").equals("one\n"));
        Path camera = kit.folder.resolve("camera");
        Files.move(camera, outside.resolve("moved"));
        Files.createSymbolicLink(camera, outside);
        assertThatThrownBy(() -> kit.begin(2)).isInstanceOf(IOException.class).hasMessageContaining("is a link");
        Await.until("said", () -> !kit.announced.of("output_lost").isEmpty());
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("secret", "moved");
        }
        Files.delete(camera);
        append(kit.begin(3).stdout(), "two\n");
        Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
    }

    @Test
    void filesAndFoldersAreTheAgentsAlone() throws IOException {
        kit.register(rule());
        Path stdout = kit.begin(1).stdout();
        Path camera = kit.folder.resolve("camera");
        assertThat(mode(stdout)).isEqualTo("rw-------");
        assertThat(mode(camera.resolve("stdout.oldest"))).isEqualTo("rw-------");
        assertThat(mode(camera)).isEqualTo("rwx------");
        kit.output().close();
        Files.setPosixFilePermissions(stdout, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(camera, PosixFilePermissions.fromString("rwxr-xr-x"));
        kit.restart();
        kit.register(rule());
        assertThat(mode(stdout)).isEqualTo("rw-------");
        assertThat(mode(camera)).isEqualTo("rwx------");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
