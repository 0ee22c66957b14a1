package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.CAMERA;
import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.lingering;
import static io.efka.agent.output.OutputKit.merging;
import static io.efka.agent.output.OutputKit.rule;
import static io.efka.agent.output.OutputKit.run;
import static io.efka.agent.output.OutputKit.shell;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.Logs;
import io.efka.agent.supervision.OutputFiles.Paths;
import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {
    private OutputKit kit;

    @BeforeEach
    void open(@TempDir Path folder) {
        kit = new OutputKit(folder);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private long seen() {
        var all = new Logs.Query(
                Logs.Stream.STDOUT, OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
        return kit.read(all).end();
    }

    private String lastText() {
        List<Message> published = kit.link.published();
        return published.isEmpty()
                ? ""
                : new String(published.get(published.size() - 1).payload(), StandardCharsets.UTF_8);
    }

    @Nested
    class FilesOnDisk {
        @Test
        void carryStreamBaseOffsetAndRunInTheirNames() throws IOException {
            kit.register(rule());
            Paths paths = kit.begin(1);
            assertThat(paths.stdout())
                    .isEmptyFile()
                    .isEqualTo(kit.folder.resolve("camera/stdout.00000000000000000000." + run(1) + ".log"));
            assertThat(paths.stderr().getFileName().toString()).startsWith("stderr.");
        }

        @Test
        void ofANewRunBeginWhereTheLastOnesEnd() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            Paths second = kit.begin(2);
            assertThat(second.stdout().getFileName().toString()).startsWith("stdout.00000000000000000004.");
            assertThat(second.stderr().getFileName().toString()).startsWith("stderr.00000000000000000000.");
        }

        @Test
        void thatStayedEmptyDoNotPileUp() throws IOException {
            kit.register(rule());
            for (int i = 1; i <= 20; i++) kit.begin(i);
            try (Stream<Path> files = Files.list(kit.folder.resolve("camera"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".log")))
                        .hasSize(2);
            }
        }

        @Test
        void areFoundAgainAfterARestart() throws IOException {
            kit.register(rule());
            Paths paths = kit.begin(1);
            append(paths.stdout(), "one\n");
            kit.restart();
            kit.register(rule());
            assertThat(kit.output().files().current(CAMERA)).isEqualTo(paths);
        }

        @Test
        void areOneFileWhereStderrIsMergedAlsoAfterARestart() throws IOException {
            kit.register(merging());
            Paths paths = kit.begin(1);
            assertThat(paths.stderr()).isEqualTo(paths.stdout());
            kit.restart();
            kit.register(rule());
            assertThat(kit.output().files().current(CAMERA)).isEqualTo(paths);
        }

        @Test
        void goWithTheirServiceAndItsOffsets() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            Await.until("saved", () -> kit.offsets.saved.containsKey("camera/stdout"));
            kit.output().files().forget(CAMERA);
            Await.until("forgotten", () -> kit.offsets.saved.isEmpty());
            assertThat(kit.folder.resolve("camera")).doesNotExist();
        }

        @Test
        void ofAServiceThatWasForgottenBeginAtZeroWhenItComesBack() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            Await.until("shipped", () -> kit.text("stdout").equals("one\n"));
            kit.output().files().forget(CAMERA);
            kit.link.discard();
            kit.register(rule());
            append(kit.begin(2).stdout(), "two\n");
            Await.until("shipped", () -> kit.text("stdout").equals("two\n"));
        }
    }

    @Nested
    class Messages {
        @Test
        void areTheExactBytesOfTheirStream() throws Exception {
            kit.register(rule());
            Paths paths = kit.begin(1);
            shell(paths.stdout(), paths.stderr(), "echo out; echo err >&2; printf 'more\\n'");
            Await.until(
                    "both",
                    () -> kit.text("stdout").equals("out\nmore\n")
                            && kit.text("stderr").equals("err\n"));
            assertThat(kit.link.published()).allMatch(message -> message.qos() == 1 && !message.retain());
        }

        @Test
        void sayOffsetRunAndTime() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            Await.until("one", () -> kit.link.published().size() == 1);
            append(kit.begin(2).stdout(), "two\n");
            Await.until("two", () -> kit.link.published().size() == 2);
            Message second = kit.link.published().get(1);
            assertThat(second.topic()).isEqualTo("efka/dev1/svc/camera/stdout");
            assertThat(Observer.properties(second))
                    .containsEntry("offset", "4")
                    .containsEntry("run", run(2).value())
                    .containsEntry("at", "2026-11-22T12:00:00.000Z")
                    .hasSize(3);
        }

        @Test
        void carryStderrInStdoutsOrderWhereItIsMerged() throws Exception {
            kit.register(merging());
            Paths paths = kit.begin(1);
            shell(paths.stdout(), paths.stderr(), "echo a; echo b >&2; echo c");
            Await.until("all", () -> kit.text("stdout").equals("a\nb\nc\n"));
        }

        @Test
        void neverMixTwoRuns() throws IOException {
            kit.link.lose();
            kit.output().disconnected();
            kit.register(rule());
            append(kit.begin(1).stdout(), "first without end");
            append(kit.begin(2).stdout(), "second\n");
            kit.link.restore();
            kit.output().connected();
            Await.until("both", () -> kit.text("stdout").equals("first without endsecond\n"));
            assertThat(kit.link.published())
                    .extracting(message -> Observer.properties(message).get("run"))
                    .containsExactly(run(1).value(), run(2).value());
        }

        @Test
        void waitForALinesEndForAsLongAsLinger() throws IOException {
            kit.register(lingering(Duration.ofSeconds(15)));
            Path stdout = kit.begin(1).stdout();
            append(stdout, "whole\nha");
            Await.until("the whole line", () -> kit.text("stdout").equals("whole\n"));
            append(stdout, "lf\n");
            Await.until("the half line", () -> lastText().equals("half\n"));
            assertThat(kit.link.published()).hasSize(2);
        }

        @Test
        void takeAPromptWithoutItsEndWhenLingerIsOver() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "login: ");
            Await.until("the prompt", () -> lastText().equals("login: "));
        }

        @Test
        void cutALineThatIsLongerThanABatch() throws IOException {
            kit.register(lingering(Duration.ofSeconds(15)));
            byte[] line = ("x".repeat(200_000) + "\n").getBytes(StandardCharsets.UTF_8);
            append(kit.begin(1).stdout(), line);
            Await.until("the line", () -> kit.shipped("stdout").length == line.length);
            assertThat(kit.shipped("stdout")).isEqualTo(line);
            assertThat(kit.link.published())
                    .extracting(message -> message.payload().length)
                    .containsExactly(65536, 65536, 65536, 200_001 - 3 * 65536);
        }

        @Test
        void endAtALinesEndWhereTheBatchIsFull() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "0123456789\n".repeat(20_000));
            Await.until("all", () -> kit.shipped("stdout").length == 220_000);
            assertThat(kit.link.published())
                    .allSatisfy(message -> assertThat(message.payload()[message.payload().length - 1])
                            .isEqualTo((byte) '\n'));
        }

        @Test
        void areBinaryWhereTheServiceIs() throws IOException {
            kit.register(rule());
            byte[] bytes = new byte[300_000];
            new Random(7).nextBytes(bytes);
            append(kit.begin(1).stdout(), bytes);
            Await.until("all", () -> kit.shipped("stdout").length == bytes.length);
            assertThat(kit.shipped("stdout")).isEqualTo(bytes);
        }

        @Test
        void gatherWhileEarlierOnesAreOnTheirWay() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            kit.register(lingering(Duration.ofSeconds(15)));
            Path stdout = kit.begin(1).stdout();
            append(stdout, "first\n");
            Await.until("the first", () -> kit.link.unanswered() == 1);
            for (int i = 0; i < 100; i++) append(stdout, "line " + i + "\n");
            Await.until("all are seen", () -> seen() == 6 + 10 * 7 + 90 * 8);
            kit.link.acknowledge(0);
            Await.until("the rest", () -> kit.text("stdout").endsWith("line 99\n"));
            assertThat(kit.link.published()).hasSize(2);
        }
    }
}
