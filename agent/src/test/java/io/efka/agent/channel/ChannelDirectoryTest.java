package io.efka.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChannelDirectoryTest {
    /** The longest path that the JDK takes for a socket. */
    private static final int LONGEST = 106;

    private static final String END = "/channel/channel.sock";

    @TempDir
    private Path folder;

    private Path other;

    @BeforeEach
    void everybodyMayPass() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        other = Files.createDirectory(folder.resolve("o"));
    }

    private ChannelDirectory prepare(Path data) throws IOException {
        return ChannelDirectory.prepare(data, List.of(other));
    }

    /** A data folder with a socket's path of that many bytes. */
    private Path data(int bytes, String letter) throws IOException {
        int left = bytes - folder.toString().length() - END.length() - 1;
        int each = letter.getBytes(StandardCharsets.UTF_8).length;
        return Files.createDirectory(folder.resolve(letter.repeat(left / each) + "x".repeat(left % each)));
    }

    private static void bind(ChannelDirectory place) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(place.socket()));
        }
        Files.delete(place.socket());
    }

    @Nested
    class WithinTheData {
        @Test
        void isTheSocketWhereItsPathIsShortEnough() throws IOException {
            Path data = data(LONGEST, "d");
            ChannelDirectory place = prepare(data);
            assertThat(place.socket()).isEqualTo(data.resolve("channel/channel.sock"));
            bind(place);
        }

        @Test
        void everybodyMayPassAndNobodyElseMayLook() throws IOException {
            ChannelDirectory place = prepare(data(LONGEST, "d"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.folder())))
                    .isEqualTo("rwx--x--x");
        }
    }

    @Nested
    class Elsewhere {
        @Test
        void isTheSocketWhereItsPathIsOneByteTooLong() throws IOException {
            ChannelDirectory place = prepare(data(LONGEST + 1, "d"));
            assertThat(place.folder().getParent()).isEqualTo(other);
            assertThat(place.folder().getFileName().toString()).matches("efka-[0-9a-f]{8}");
            bind(place);
        }

        @Test
        void bytesCountAndNotCharacters() throws IOException {
            assertThat(prepare(data(LONGEST + 1, "\u00fc")).folder().getParent())
                    .isEqualTo(other);
        }

        @Test
        void isTheSamePlaceEveryTimeAndAnotherForOtherData() throws IOException {
            Path data = data(LONGEST + 1, "d");
            assertThat(prepare(data)).isEqualTo(prepare(data));
            assertThat(prepare(data(LONGEST + 1, "e"))).isNotEqualTo(prepare(data));
        }

        @Test
        void isTheFirstFolderThatIsWritable() throws IOException {
            Path data = data(LONGEST + 1, "d");
            var bases = List.of(folder.resolve("missing"), other);
            assertThat(ChannelDirectory.prepare(data, bases).folder().getParent())
                    .isEqualTo(other);
            assertThatThrownBy(() -> ChannelDirectory.prepare(data, List.of(folder.resolve("missing"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("too long");
        }

        @Test
        void isMadeAgainAndNotTakenFromSomebodyElse() throws IOException {
            ChannelDirectory place = prepare(data(LONGEST + 1, "d"));
            Files.delete(place.folder());
            place.requireFolder();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.folder())))
                    .isEqualTo("rwx--x--x");
            assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a folder away");
            UserPrincipal other = place.folder()
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName("nobody");
            Files.setOwner(place.folder(), other);
            assertThatThrownBy(place::requireFolder)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("belongs to somebody else");
        }

        @Test
        void aLinkThatSomebodyPutThereIsNotFollowed() throws IOException {
            Path data = data(LONGEST + 1, "d");
            Path name = prepare(data).folder().getFileName();
            Files.delete(other.resolve(name));
            Path trap = Files.createDirectory(folder.resolve("trap"));
            Files.createSymbolicLink(other.resolve(name), trap);
            assertThatThrownBy(() -> prepare(data)).isInstanceOf(IOException.class);
        }
    }

    @Nested
    class Removed {
        @Test
        void nothingIsLeft() throws IOException {
            ChannelDirectory place = prepare(data(LONGEST + 1, "d"));
            Files.createDirectory(place.configurations());
            Files.writeString(place.configurations().resolve("camera.json"), "{}");
            place.remove();
            assertThat(other).isEmptyDirectory();
        }

        @Test
        void theNextAgentMakesItAnew() throws IOException {
            Path data = data(LONGEST, "d");
            prepare(data).remove();
            assertThat(prepare(data).folder()).isDirectory();
        }
    }
}
