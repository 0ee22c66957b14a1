package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.CAMERA;
import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.keeping;
import static io.efka.agent.output.OutputKit.rule;
import static io.efka.agent.output.OutputKit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.OutputFiles.Paths;
import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No inode is left for another file: the next run's output goes on in the last run's file, under a name of its own. */
class SharedFilesTest {
    private static final String BLOCK = "0123456789abcde\n".repeat(4096);

    private OutputKit kit;

    @BeforeEach
    void open(@TempDir Path folder) {
        kit = new OutputKit(folder);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private static List<String> runs(List<Message> messages) {
        return messages.stream()
                .map(message -> Observer.properties(message).getOrDefault("run", ""))
                .toList();
    }

    @Test
    void everyByteArrivesWithItsRunAndItIsSaid() throws IOException {
        kit.register(rule());
        append(kit.begin(1).stdout(), "one\n");
        Await.until("one", () -> kit.text("stdout").equals("one\n"));
        kit.isFull = true;
        Paths second = kit.begin(2);
        append(second.stdout(), "two\n");
        Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
        append(kit.begin(3).stdout(), "three\n");
        Await.until("three", () -> kit.text("stdout").equals("one\ntwo\nthree\n"));
        assertThat(runs(kit.link.published())).containsExactly(run(1).value(), run(2).value(), run(3).value());
        List<OutputKit.Announced.Event> shared = kit.announced.of("output_file_shared");
        assertThat(shared).hasSize(2);
        assertThat(shared.get(0).fields().get("stream")).isEqualTo("stdout");
        assertThat(shared.get(0).number("offset")).isEqualTo(4);
        assertThat(shared.get(0).fields().get("message")).isEqualTo("No space left on device");
        kit.isFull = false;
        append(kit.begin(4).stdout(), "four\n");
        Await.until("four", () -> kit.text("stdout").equals("one\ntwo\nthree\nfour\n"));
        assertThat(kit.announced.of("output_file_shared")).hasSize(2);
    }

    @Test
    void theyAreFoundAgainAfterAKill() throws IOException {
        kit.link.lose();
        kit.output().disconnected();
        kit.register(rule());
        append(kit.begin(1).stdout(), "one\n");
        kit.isFull = true;
        Paths second = kit.begin(2);
        append(second.stdout(), "two\n");
        kit.restart();
        kit.register(rule());
        assertThat(kit.output().files().current(CAMERA)).isEqualTo(second);
        append(second.stdout(), "and more\n");
        append(kit.begin(3).stdout(), "three\n");
        kit.link.restore();
        kit.output().connected();
        Await.until("all", () -> kit.text("stdout").equals("one\ntwo\nand more\nthree\n"));
        assertThat(runs(kit.link.published())).containsExactly(run(1).value(), run(2).value(), run(3).value());
    }

    @Test
    void theyAreFreedLikeOthers() throws IOException {
        kit.register(keeping(64 << 10, 16 << 20));
        append(kit.begin(1).stdout(), BLOCK.substring(0, 5000));
        kit.isFull = true;
        long written = 5000;
        for (int run = 2; run <= 30; run++) {
            append(kit.begin(run).stdout(), BLOCK);
            written += BLOCK.length();
            long end = written;
            Await.until(
                    "sent", () -> Observer.of(kit.link.published(), "stdout").end() == end);
        }
        assertThat(Observer.of(kit.link.published(), "stdout").missing()).isZero();
        assertThat(kit.announced.of("output_dropped")).isEmpty();
        Path live = kit.output().files().current(CAMERA).stdout();
        Await.until("freed", () -> blocks(live) * 512 <= (64 << 10) + 3 * 4096 + 2 * BLOCK.length());
        Await.until("few names", () -> ((Number) attribute(live, "unix:nlink")).intValue() <= 4);
    }

    @Test
    void oneThatIsCutOffTakesItsEarlierNamesWithIt() throws IOException {
        kit.link.lose();
        kit.output().disconnected();
        kit.register(rule());
        append(kit.begin(1).stdout(), "one\n");
        kit.isFull = true;
        Path second = kit.begin(2).stdout();
        append(second, "two\n");
        Await.until("seen", () -> kit.logs() != null);
        try (FileChannel channel = FileChannel.open(second, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        Await.until("noticed", () -> !kit.announced.of("output_file_truncated").isEmpty());
        append(kit.output().files().current(CAMERA).stdout(), "three, and longer than before\n");
        kit.link.restore();
        kit.output().connected();
        Await.until(
                "shipped",
                () -> kit.link.published().stream()
                        .anyMatch(message -> new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8)
                                .endsWith("before\n")));
        Observer seen = Observer.of(kit.link.published(), "stdout");
        assertThat(seen.missing())
                .isEqualTo(kit.announced.of("output_dropped").stream()
                        .mapToLong(event -> event.number("bytes"))
                        .sum());
        assertThat(kit.link.published())
                .extracting(message -> new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactly("three, and longer than before\n");
    }

    @Test
    void aServiceWithoutAnyFileYetHasNoOutputAndItIsSaid() {
        kit.register(rule());
        kit.isFull = true;
        assertThatThrownBy(() -> kit.begin(1)).hasMessage("No space left on device");
        Await.until("said", () -> !kit.announced.of("output_lost").isEmpty());
        assertThat(kit.announced.of("output_lost").get(0).fields().get("message"))
                .isEqualTo("No space left on device");
    }

    private static Object attribute(Path file, String name) {
        try {
            return Files.getAttribute(file, name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long blocks(Path file) {
        try {
            Process stat = new ProcessBuilder("stat", "-c", "%b", "" + file).start();
            return Long.parseLong(
                    new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
                            .strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
