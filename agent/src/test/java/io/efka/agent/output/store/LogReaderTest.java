package io.efka.agent.output.store;

import static io.efka.agent.output.OutputKit.CAMERA;
import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.output.OutputKit;
import io.efka.agent.search.SearchBudget;
import io.efka.agent.supervision.Logs;
import io.efka.agent.supervision.Logs.Page;
import io.efka.agent.supervision.Logs.Query;
import io.efka.agent.supervision.Logs.Stream;
import io.efka.fixtures.Await;
import io.efka.protocol.ServiceId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    private static final Query ALL =
            new Query(Stream.STDOUT, OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

    private OutputKit kit;
    private int runs;
    private long written;

    @BeforeEach
    void open(@TempDir Path folder) {
        kit = new OutputKit(folder);
        kit.register(rule());
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private void run(String text) throws IOException {
        append(kit.begin(++runs).stdout(), text);
        written += text.length();
        long end = written;
        Await.until("seen", () -> read(ALL).end() == end);
    }

    private Page read(Query query) {
        return kit.read(query);
    }

    private static String text(Page page) {
        return new String(page.bytes(), StandardCharsets.UTF_8);
    }

    private static Query last(int lines) {
        return new Query(
                Stream.STDOUT, OptionalInt.of(lines), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    }

    private static Query range(long from, long to) {
        return new Query(
                Stream.STDOUT, OptionalInt.empty(), OptionalLong.of(from), OptionalLong.of(to), Optional.empty());
    }

    private static Query matching(String match) {
        return new Query(
                Stream.STDOUT, OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.of(match));
    }

    private static Query matchingFrom(long from, String match) {
        return new Query(
                Stream.STDOUT, OptionalInt.empty(), OptionalLong.of(from), OptionalLong.empty(), Optional.of(match));
    }

    @Nested
    class LastLines {
        @Test
        void goBackOverRuns() throws IOException {
            run("a\nb\n");
            run("c\nd\n");
            Page page = read(last(3));
            assertThat(text(page)).isEqualTo("b\nc\nd\n");
            assertThat(page.offset()).isEqualTo(2);
            assertThat(page.next()).isEqualTo(8);
            assertThat(page.truncated()).isFalse();
        }

        @Test
        void countTheUnfinishedOne() throws IOException {
            run("a\nb\nhalf");
            assertThat(text(read(last(2)))).isEqualTo("b\nhalf");
        }

        @Test
        void areAHundredWhereNothingWasAsked() throws IOException {
            run("line\n".repeat(300));
            assertThat(text(read(ALL)).lines()).hasSize(100);
        }

        @Test
        void areCutToOnePieceAndGoOnBackwards() throws IOException {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 60_000; i++) all.append("line ").append(i).append('\n');
            run(all.toString());
            String gathered = "";
            OptionalLong to = OptionalLong.empty();
            for (int pieces = 0; pieces < 10; pieces++) {
                Page page = read(
                        new Query(Stream.STDOUT, OptionalInt.of(100_000), OptionalLong.empty(), to, Optional.empty()));
                assertThat(page.bytes().length).isLessThanOrEqualTo(192 << 10);
                gathered = text(page) + gathered;
                to = OptionalLong.of(page.offset());
                if (!page.truncated()) break;
            }
            assertThat(gathered).isEqualTo(all.toString());
        }

        @Test
        void ofAStreamThatWroteNothingAreNone() throws IOException {
            kit.begin(1);
            assertThat(read(ALL).bytes()).isEmpty();
        }
    }

    @Nested
    class Range {
        @Test
        void isExactAcrossRuns() throws IOException {
            run("abcd");
            run("efgh");
            Page page = read(range(2, 6));
            assertThat(text(page)).isEqualTo("cdef");
            assertThat(page.next()).isEqualTo(6);
            assertThat(page.truncated()).isFalse();
        }

        @Test
        void comesInPiecesThatJoin() throws IOException {
            run("0123456789".repeat(50_000));
            var all = new ByteArrayOutputStream();
            Page page = read(range(0, Long.MAX_VALUE));
            all.writeBytes(page.bytes());
            while (page.truncated()) {
                page = read(range(page.next(), Long.MAX_VALUE));
                all.writeBytes(page.bytes());
            }
            assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("0123456789".repeat(50_000));
        }

        @Test
        void behindTheEndIsEmpty() throws IOException {
            run("abcd");
            assertThat(read(range(100, 200)).bytes()).isEmpty();
        }
    }

    @Nested
    class Time {
        @Test
        void ofLaunchIsKnownOfEveryRunAlsoAfterARestart() throws IOException {
            run("first\n");
            run("second\n");
            kit.restart();
            kit.register(rule());
            Page page = read(since(new Segment(0, 0, OutputKit.run(2), Path.of("-"), Segment.GONE).launched()));
            assertThat(text(page)).isEqualTo("second\n");
        }

        @Test
        void beforeAnythingWasWrittenGivesEverything() throws IOException {
            run("first\n");
            assertThat(text(read(since(Instant.EPOCH)))).isEqualTo("first\n");
        }

        private Query since(Instant time) {
            return new Query(
                    Stream.STDOUT,
                    OptionalInt.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    new Logs.Time(Optional.of(time), Optional.empty()),
                    Logs.LARGEST_PAGE);
        }
    }

    @Nested
    class Match {
        @Test
        void findsTheLastLinesThatHaveIt() throws IOException {
            run("error 1\nfine\n");
            run("fine\nerror 2\nfine\n");
            assertThat(text(read(matching("^err.r \\d$")))).isEqualTo("error 1\nerror 2\n");
        }

        @Test
        void looksForwardWhereAnOffsetIsGiven() throws IOException {
            run("error 1\nfine\nerror 2\n");
            Page page = read(matchingFrom(8, "error"));
            assertThat(text(page)).isEqualTo("error 2\n");
            assertThat(page.next()).isEqualTo(21);
        }

        @Test
        void seesEveryLineOfAMegabyte() throws IOException {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100_000; i++) all.append("line ").append(i).append('\n');
            run(all.toString());
            // With all the time it needs: how far a search gets in its time depends on the machine.
            SearchBudget endless = SearchBudget.since(0, () -> 0);
            assertThat(text(kit.reader().read(CAMERA, matchingFrom(0, "777$"), endless))
                            .lines())
                    .hasSize(100);
            assertThat(text(kit.reader().read(CAMERA, matching("777$"), endless))
                            .lines())
                    .hasSize(100);
        }

        /** With a matcher that backtracks, it takes minutes. */
        @Test
        void looksAtEveryCharacterAFewTimesOnly() throws IOException {
            run(("a".repeat(320) + "\n").repeat(750));
            var clockReads = new AtomicLong();
            SearchBudget endless = SearchBudget.since(0, () -> {
                clockReads.incrementAndGet();
                return 0;
            });
            Page page = kit.reader().read(CAMERA, matchingFrom(0, ".*.*="), endless);
            // The clock is read once per 16 characters that the matcher looks at, and now and then between lines.
            assertThat(clockReads.get() * 16).isBetween(written, 10 * written);
            assertThat(page.bytes()).isEmpty();
            assertThat(page.next()).isEqualTo(written);
            assertThat(page.truncated()).isFalse();
        }

        @Test
        void endsWhenItsTimeIsOver() throws IOException {
            run(("a".repeat(320) + "\n").repeat(750));
            var now = new AtomicLong();
            LongSupplier clock = () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
            Page page = kit.reader().read(CAMERA, matchingFrom(0, ".*.*="), SearchBudget.since(0, clock));
            assertThat(now.get()).isBetween(TimeUnit.MILLISECONDS.toNanos(690), TimeUnit.MILLISECONDS.toNanos(710));
            assertThat(page.bytes()).isEmpty();
            assertThat(page.next()).isBetween(1L, written - 1);
            assertThat(page.truncated()).isTrue();
        }

        @Test
        void thatIsCutOffGoesOnWhereItWas() throws IOException {
            String line = "x".repeat(63) + "\n";
            String marked = "=".repeat(63) + "\n";
            run(line.repeat(400) + marked + line.repeat(400));
            var ticks = new AtomicLong();
            var reader = kit.reader();
            // Time goes on by 10 ms whenever it is asked for.
            LongSupplier clock = () -> ticks.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
            StringBuilder found = new StringBuilder();
            int pieces = 0;
            for (long from = 0; from < written; pieces++) {
                Page page = reader.read(CAMERA, matchingFrom(from, "=+"), SearchBudget.since(ticks.get(), clock));
                assertThat(page.next()).isGreaterThan(from);
                assertThat(page.truncated()).isEqualTo(page.next() < written);
                found.append(text(page));
                from = page.next();
            }
            assertThat(pieces).isGreaterThan(3);
            assertThat(found.toString()).isEqualTo(marked);

            found.setLength(0);
            for (long to = written; to > 0; ) {
                var backwards = new Query(
                        Stream.STDOUT,
                        OptionalInt.of(10),
                        OptionalLong.empty(),
                        OptionalLong.of(to),
                        Optional.of("=+"));
                Page page = reader.read(CAMERA, backwards, SearchBudget.since(ticks.get(), clock));
                assertThat(page.offset()).isLessThan(to);
                found.append(text(page));
                to = page.offset();
            }
            assertThat(found.toString()).isEqualTo(marked);
        }

        @Test
        void thatIsNotDoneWithALineOfItsOwnIsStoppedAndSaid() throws IOException {
            run("a".repeat(100_000) + "\n");
            var ticks = new AtomicLong();
            LongSupplier clock = () -> ticks.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
            assertThatThrownBy(() ->
                            kit.reader().read(CAMERA, matchingFrom(0, "(x+x+)+y|a+b"), SearchBudget.since(0, clock)))
                    .isInstanceOf(Logs.BadMatch.class)
                    .hasMessageContaining("the line of 100001 bytes at offset 0");
            assertThatThrownBy(() -> kit.reader()
                            .read(
                                    CAMERA,
                                    matchingFrom(0, "a+b"),
                                    SearchBudget.since(ticks.get() - TimeUnit.SECONDS.toNanos(1), clock)))
                    .as("it had waited")
                    .isInstanceOf(Logs.Busy.class);
        }

        @Test
        void thatIsNoExpressionIsRefused() {
            assertThatThrownBy(() -> read(matching("("))).hasCauseInstanceOf(Logs.BadMatch.class);
        }
    }

    @Test
    void anAnswerIsAsLargeAsAskedAtMost() throws IOException {
        run("0123456789abcde\n".repeat(100));
        var small = new Query(
                Stream.STDOUT,
                OptionalInt.empty(),
                OptionalLong.of(16),
                OptionalLong.empty(),
                Optional.empty(),
                Logs.Time.ANY,
                40);
        Page page = read(small);
        assertThat(page.bytes()).hasSize(40);
        assertThat(page.truncated()).isTrue();
        assertThat(page.next()).isEqualTo(56);
        var last = new Query(
                Stream.STDOUT,
                OptionalInt.of(50),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.of("abc"),
                Logs.Time.ANY,
                40);
        assertThat(text(read(last))).isEqualTo("0123456789abcde\n".repeat(2));
        assertThat(read(last).truncated()).isTrue();
    }

    @Test
    void anUnknownServiceIsSaid() {
        assertThatThrownBy(() -> kit.logs().read(new ServiceId("nobody"), ALL).join())
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("nobody");
    }
}
