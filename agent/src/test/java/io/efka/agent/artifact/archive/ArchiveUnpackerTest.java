package io.efka.agent.artifact.archive;

import static io.efka.agent.artifact.archive.TarBytes.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.efka.agent.artifact.archive.HostileArchives.Hostile;
import io.efka.agent.files.FileModes;
import io.efka.agent.files.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ArchiveUnpackerTest {
    @TempDir
    private Path box;

    private Path folder;
    private Path archive;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(box.resolve("target"));
        archive = box.resolve("archive");
        Files.writeString(box.resolve("secret"), "outside");
    }

    private Unpacked unpack(byte[] bytes) throws IOException {
        return unpack(bytes, UnpackLimits.DEFAULT);
    }

    private Unpacked unpack(byte[] bytes, UnpackLimits limits) throws IOException {
        Files.write(archive, bytes);
        return ArchiveUnpacker.unpack(archive, folder, limits, () -> false);
    }

    private Path at(String path) {
        return folder.resolve(path);
    }

    @Nested
    class Tar {
        @Test
        void filesFoldersAndLinksAreThere() throws IOException {
            Unpacked unpacked = unpack(new TarBytes()
                    .folder("./")
                    .entry('5', utf8("bin/"), 0700, new byte[0])
                    .entry('0', utf8("bin/run.sh"), 0755, utf8("#!/bin/sh\n"))
                    .file("lib/deep/data", "d")
                    .symbolicLink("run", "bin/run.sh")
                    .symbolicLink("bin/up", "../lib/./deep")
                    .hardLink("bin/same", "./bin/run.sh")
                    .symbolicLink("later", "made/by/the/service")
                    .end());

            assertThat(unpacked).isEqualTo(new Unpacked(10, 11));
            assertThat(at("run")).hasContent("#!/bin/sh\n");
            assertThat(at("bin/up/data")).hasContent("d");
            assertThat(at("bin/same")).hasContent("#!/bin/sh\n");
            assertThat(Files.readSymbolicLink(at("later"))).hasToString("made/by/the/service");
            assertThat(FileModes.of(at("bin"))).isEqualTo(0700);
            assertThat(FileModes.of(at("lib"))).isEqualTo(0755);
            assertThat(FileModes.of(at("bin/run.sh"))).isEqualTo(0755);
            assertThat(Files.getLastModifiedTime(at("bin/run.sh")).toInstant())
                    .isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        }

        @Test
        void theOwnerMayAlwaysReadAndWrite() throws IOException {
            unpack(new TarBytes()
                    .entry('5', utf8("d"), 0, new byte[0])
                    .entry('0', utf8("d/f"), 0, utf8("x"))
                    .entry('0', utf8("g"), 01044, utf8("x"))
                    .end());

            assertThat(FileModes.of(at("d"))).isEqualTo(0700);
            assertThat(FileModes.of(at("d/f"))).isEqualTo(0600);
            assertThat(FileModes.of(at("g"))).isEqualTo(0644);
        }

        @Test
        void aFolderMayBeListedAfterItsContent() throws IOException {
            unpack(new TarBytes()
                    .file("a/b/c", "x")
                    .entry('5', utf8("a"), 0750, new byte[0])
                    .folder("a/b")
                    .end());

            assertThat(FileModes.of(at("a"))).isEqualTo(0750);
        }

        @Test
        void longNamesOfPaxAndGnuAreRead() throws IOException {
            String name = "n".repeat(200);
            unpack(new TarBytes()
                    .pax('g', "comment", "a commit")
                    .pax(
                            'x',
                            "path",
                            "p/" + name,
                            "mtime",
                            "1700000001.75",
                            "atime",
                            "1",
                            "SCHILY.xattr.user.x",
                            "=\n=")
                    .file("short", "pax")
                    .entry('L', utf8("././@LongLink"), 0, utf8("g/" + name + "\0"))
                    .entry('K', utf8("././@LongLink"), 0, utf8("../p/" + name + "\0"))
                    .symbolicLink("short", "short")
                    .end());

            assertThat(at("p/" + name)).hasContent("pax");
            assertThat(Files.getLastModifiedTime(at("p/" + name)).toMillis()).isEqualTo(1_700_000_001_000L);
            assertThat(at("g/" + name)).isSymbolicLink().hasContent("pax");
        }

        @Test
        void aTypeThatIsNoFileIsNamed() {
            assertThatThrownBy(() -> unpack(new TarBytes()
                            .entry('6', utf8("dev/pipe"), 0644, new byte[0])
                            .end()))
                    .isInstanceOfSatisfying(
                            BadArchiveException.class,
                            e -> assertThat(e.entry()).contains("dev/pipe"))
                    .hasMessage("archive entry \"dev/pipe\" is a FIFO");
        }
    }

    @Nested
    class Limits {
        private final byte[] twoKilobytes = new TarBytes()
                .file("a", "x".repeat(1000))
                .file("b", "x".repeat(1000))
                .end();

        @Test
        void entriesAreCounted() throws IOException {
            assertThatThrownBy(() -> unpack(twoKilobytes, new UnpackLimits(1, 1 << 20, 200, Long.MAX_VALUE)))
                    .hasMessage("archive has more than 1 entries");
            assertThat(folder).isEmptyDirectory();
            unpack(twoKilobytes, new UnpackLimits(2, 1 << 20, 200, Long.MAX_VALUE));
        }

        @Test
        void foldersThatAreOnlyNamedAreCounted() throws IOException {
            assertThatThrownBy(() -> unpack(
                            new TarBytes().file("a/".repeat(40) + "x", "").end(),
                            new UnpackLimits(40, 1 << 20, 200, Long.MAX_VALUE)))
                    .hasMessage("archive has more than 40 entries");
            assertThat(folder).isEmptyDirectory();
        }

        @Test
        void bytesAreCounted() throws IOException {
            assertThatThrownBy(() -> unpack(twoKilobytes, UnpackLimits.DEFAULT.withBytes(2000)))
                    .hasMessage("archive unpacks to more than 2000 bytes (max_unpacked)");
            assertThat(folder).isEmptyDirectory();
        }

        @Test
        void smallFilesOfZerosAreNoBomb() throws IOException {
            unpack(HostileArchives.gzip(
                    new TarBytes().file("a", "x".repeat(500_000)).end()));

            assertThat(at("a")).hasSize(500_000);
        }
    }

    @Test
    void aCancelledUnpackingLeavesNothing() throws IOException {
        Files.write(archive, new TarBytes().file("a", "x".repeat(300_000)).end());
        int[] reads = {0};

        assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, folder, UnpackLimits.DEFAULT, () -> ++reads[0] > 3))
                .isInstanceOf(CancellationException.class);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void cancelReachesTheLinksAsWell() throws IOException {
        var tar = new TarBytes();
        for (int i = 0; i < 100; i++) tar.symbolicLink("l" + i, "none");
        Files.write(archive, tar.end());
        int[] asked = {0};

        assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, folder, UnpackLimits.DEFAULT, () -> ++asked[0] > 50))
                .isInstanceOf(CancellationException.class);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsNotEmptyIsLeftAlone() throws IOException {
        Files.writeString(at("mine"), "x");

        assertThatThrownBy(() -> unpack(new TarBytes().file("a", "x").end()))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(at("mine")).exists();
    }

    @Nested
    class Hostility {
        @Test
        void everyHostileArchiveIsRefusedAndLeavesNothing() throws IOException {
            List<Hostile> all = HostileArchives.all(box.resolve("outside").toString());
            var wrong = new TreeMap<String, String>();
            for (Hostile hostile : all) {
                String before = outside();
                Throwable thrown = catchThrowable(() -> unpack(hostile.archive()));
                if (thrown == null) thrown = new AssertionError("nothing");
                String problem = problem(hostile, before, thrown);
                if (!problem.isEmpty()) wrong.put(hostile.name(), problem);
            }

            assertThat(wrong).isEmpty();
            assertThat(all).hasSizeGreaterThan(200);
        }

        private String problem(Hostile hostile, String before, Throwable thrown) throws IOException {
            String message = String.valueOf(thrown.getMessage());
            if (!(thrown instanceof BadArchiveException)) return "threw " + thrown;
            if (!message.contains(hostile.message())) return "said " + message;
            if (message.chars().anyMatch(Character::isISOControl)) return "has control characters";
            if (!files(folder).isEmpty()) return "left " + files(folder);
            return outside().equals(before) ? "" : "changed " + outside();
        }

        @Test
        void damagedArchivesAreUnpackedWholeOrNotAtAll() throws IOException {
            long seed = new Random().nextLong();
            var chance = new Random(seed);
            for (int i = 0; i < 1000; i++) {
                byte[] damaged = mutated(benign(chance.nextInt(6)), chance);
                String before = outside();
                Throwable thrown = catchThrowable(() -> unpack(damaged));
                String what = "seed " + seed + " archive " + i;
                if (thrown != null) {
                    assertThat(thrown).as(what).isInstanceOf(IOException.class);
                    assertThat(files(folder)).as(what).isEmpty();
                }
                requireInside(what);
                assertThat(outside()).as(what).isEqualTo(before);
                FileTrees.clear(folder);
            }
        }

        private void requireInside(String what) throws IOException {
            Path real = folder.toRealPath();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.filter(Files::exists).toList()) {
                    assertThat(each.toRealPath()).as(what).startsWith(real);
                }
            }
        }
    }

    static byte[] benign(int kind) {
        byte[] tar = new TarBytes()
                .folder("./")
                .folder("bin")
                .file("bin/run", "#!/bin/sh\n")
                .pax('x', "path", "long/" + "n".repeat(120), "mtime", "1700000001.5")
                .file("short", "y".repeat(700))
                .entry('L', utf8("././@LongLink"), 0, utf8("g/" + "m".repeat(120) + "\0"))
                .file("short", "z")
                .symbolicLink("l", "bin/../bin/run")
                .symbolicLink("bin/m", "../l")
                .hardLink("h", "bin/run")
                .end();
        return switch (kind) {
            case 0 -> tar;
            case 1 -> HostileArchives.gzip(tar);
            case 2 -> HostileArchives.xz(tar, 1 << 16);
            case 3, 4 ->
                new ZipBytes()
                        .entry("bin/", ZipBytes.FOLDER, new byte[0])
                        .file("bin/run", "#!/bin/sh\n")
                        .entry("l", ZipBytes.LINK, utf8("bin/../bin/run"))
                        .file("deep/er/x", "x".repeat(500))
                        .end();
            default ->
                new TarBytes()
                        .folder("a")
                        .symbolicLink("a/up", "..")
                        .file("f", "")
                        .end();
        };
    }

    /** A few bytes changed, a piece left out, doubled or cut off; in tar headers with the checksum put right. */
    static byte[] mutated(byte[] bytes, Random chance) {
        byte[] result = bytes.clone();
        for (int i = chance.nextInt(4); i >= 0; i--) {
            int at = chance.nextInt(result.length);
            switch (chance.nextInt(6)) {
                case 0 -> result[at] ^= (byte) (1 << chance.nextInt(8));
                case 1 -> result[at] = (byte) "/.0127xgLKS\0\n".charAt(chance.nextInt(13));
                case 2 -> result = Arrays.copyOf(result, Math.max(1, at));
                case 3 -> {
                    int from = chance.nextInt(result.length);
                    int length = Math.min(chance.nextInt(600), result.length - Math.max(at, from));
                    System.arraycopy(
                            bytes.length == result.length ? bytes : result, from, result, at, Math.max(0, length));
                }
                case 4 -> {
                    byte[] path = utf8("../../x\0");
                    System.arraycopy(path, 0, result, at, Math.min(path.length, result.length - at));
                }
                default -> result[at] = (byte) chance.nextInt(256);
            }
            int block = at / 512 * 512;
            if (chance.nextBoolean() && block + 512 <= result.length) {
                byte[] header = TarBytes.withChecksum(Arrays.copyOfRange(result, block, block + 512));
                System.arraycopy(header, 0, result, block, 512);
            }
        }
        return result;
    }

    /** Everything in the box but the folder and the archive, with its content. */
    private String outside() throws IOException {
        try (Stream<Path> all = Files.walk(box)) {
            var found = new StringBuilder();
            for (Path each : all.sorted().toList()) {
                if (each.startsWith(folder) || each.equals(archive) || each.equals(box)) continue;
                found.append(box.relativize(each)).append('=');
                if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) found.append(Files.readString(each));
                found.append(Files.getAttribute(each, "unix:nlink")).append('\n');
            }
            return found.toString();
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(Path::toString).toList();
        }
    }
}
