package io.efka.agent.artifact.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.efka.agent.files.FileModes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives made by the programs that people use. */
@Timeout(60)
class RealArchivesTest {
    /** As deep as a ustar archive can have it. */
    private static final String DEEP = "deep/".repeat(18);

    private static final String NAME = nameable("Müller €.txt", "plain.txt");

    @TempDir
    private Path box;

    private Path source;

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.createDirectory(box.resolve("source"));
        Files.createDirectories(source.resolve("bin/empty"));
        Files.createDirectories(source.resolve("lib/" + DEEP));
        Files.writeString(source.resolve("bin/run.sh"), "#!/bin/sh\n");
        FileModes.set(source.resolve("bin/run.sh"), 0755);
        Files.writeString(source.resolve("lib/" + DEEP + "n".repeat(90)), "long");
        Files.writeString(source.resolve(NAME), "utf-8");
        var content = new byte[300_000];
        new Random(7).nextBytes(content);
        Files.write(source.resolve("lib/random"), content);
        Files.write(source.resolve("lib/zeros"), new byte[200_000]);
        Files.createSymbolicLink(source.resolve("run"), Path.of("bin/run.sh"));
        Files.createSymbolicLink(source.resolve("bin/up"), Path.of("../lib/" + DEEP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tar --format=ustar -cf ../a .",
                "tar --format=pax -cf ../a .",
                "tar --format=gnu -cf ../a .",
                "tar --format=posix -cf ../a bin lib run *.txt",
                "tar --format=gnu --owner=someone --group=nobody --numeric-owner -cf ../a *",
                "tar -czf ../a .",
                "tar -c . | gzip -9n > ../a",
                "tar -c . | split -b 100000 --filter='gzip -c' - > ../a",
                "tar -cJf ../a .",
                "tar -c . | xz -0 -T2 --block-size=65536 > ../a",
                "tar -c . | xz --check=sha256 > ../a",
                "zip -qry ../a.zip . && mv ../a.zip ../a",
                "zip -qry -0 ../a.zip * && mv ../a.zip ../a",
                "zip -qry -fz ../a.zip . && mv ../a.zip ../a",
                "zip -qry - . > ../a",
            })
    void whatWasPackedIsThere(String command) throws Exception {
        run(command);

        Path target = Files.createDirectory(box.resolve("target"));
        Unpacked unpacked = ArchiveUnpacker.unpack(box.resolve("a"), target, UnpackLimits.DEFAULT, () -> false);

        assertThat(content(target)).isEqualTo(content(source));
        assertThat(unpacked.bytes()).isEqualTo(500_000 + 10 + 4 + 5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ln bin/run.sh bin/same; tar -cf ../a .", "ln bin/run.sh same; tar --format=pax -czf ../a ."})
    void hardLinksInsideAreKept(String command) throws Exception {
        run(command);

        Path target = Files.createDirectory(box.resolve("target"));
        ArchiveUnpacker.unpack(box.resolve("a"), target, UnpackLimits.DEFAULT, () -> false);

        assertThat(content(target)).isEqualTo(content(source));
        assertThat(Files.getAttribute(target.resolve("bin/run.sh"), "unix:nlink"))
                .isEqualTo(2);
    }

    /** A JVM in the C locale cannot name files beyond ASCII. */
    private static String nameable(String name, String otherwise) {
        try {
            return Path.of(name).toString();
        } catch (InvalidPathException e) {
            return otherwise;
        }
    }

    private void run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(source.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assumeThat(process.exitValue()).as(output).isNotEqualTo(127);
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** Type, permissions, seconds and content of everything below. */
    private static Map<String, String> content(Path root) throws IOException {
        var content = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.filter(path -> !path.equals(root)).toList())
                content.put(root.relativize(each).toString(), is(each));
        }
        return content;
    }

    private static String is(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) return "link to " + Files.readSymbolicLink(path);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) return "folder " + FileModes.of(path);
        return "file " + FileModes.of(path) + " "
                + Files.getLastModifiedTime(path).to(TimeUnit.SECONDS) + " "
                + Arrays.hashCode(Files.readAllBytes(path));
    }
}
