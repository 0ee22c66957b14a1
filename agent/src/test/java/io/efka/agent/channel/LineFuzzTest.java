package io.efka.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.channel.LineCodec.BadLineException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines in whatever pieces, and whatever is in them. A failure prints its seed. */
final class LineFuzzTest {
    private static final int MAX = 1000;

    /** Keeps what was found. */
    private static final class Found implements LineSplitter.Listener {
        final List<String> lines = new ArrayList<>();
        int tooLong;

        @Override
        public boolean line(byte[] line) {
            lines.add(new String(line, StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public boolean tooLong(int max) {
            tooLong++;
            return true;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class Splitting {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void piecesOfAnySizeGiveTheSameLines(long seed) {
            var random = new Random(seed);
            var expected = new ArrayList<String>();
            var all = new StringBuilder();
            int long1 = 0;
            for (int i = 0; i < 500; i++) {
                String line =
                        "x".repeat(random.nextInt(10) == 0 ? MAX + 1 + random.nextInt(5000) : random.nextInt(MAX));
                all.append(line).append('\n');
                if (line.length() > MAX) long1++;
                else if (!line.isEmpty()) expected.add(line);
            }
            var found = new Found();
            var splitter = new LineSplitter(MAX, found);
            byte[] bytes = utf8(all.toString());
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(3000));
                splitter.feed(ByteBuffer.wrap(bytes, at, length));
                at += length;
            }
            assertThat(found.lines).as("seed %d", seed).isEqualTo(expected);
            assertThat(found.tooLong).as("seed %d", seed).isEqualTo(long1);
            assertThat(splitter.isAmidLine()).isFalse();
        }

        @Test
        void aLineWithoutEndIsReportedOnceAndNotKept() {
            var found = new Found();
            var splitter = new LineSplitter(MAX, found);
            byte[] piece = new byte[64 * 1024];
            for (int i = 0; i < 4_096; i++) splitter.feed(ByteBuffer.wrap(piece)); // 256 MiB
            splitter.feed(ByteBuffer.wrap(utf8("\n{}\n")));
            assertThat(found.tooLong).isEqualTo(1);
            assertThat(found.lines).containsExactly("{}");
        }
    }

    @Nested
    class Decoding {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void garbageIsABadLineAndNothingElse(long seed) {
            var random = new Random(seed);
            byte[] good =
                    utf8("{\"type\":\"data\",\"name\":\"temp\",\"value\":[1,{\"a\":\"b\\u00e9\"}],\"retain\":true}");
            for (int i = 0; i < 20_000; i++) {
                byte[] line = random.nextBoolean() ? noise(random) : mutated(good, random);
                try {
                    assertThat(LineCodec.decode(line)).isNotNull();
                } catch (BadLineException expected) {
                    assertThat(expected.reason()).isNotBlank();
                } catch (RuntimeException | StackOverflowError bug) {
                    throw new AssertionError(
                            "seed " + seed + ", line " + new String(line, StandardCharsets.ISO_8859_1), bug);
                }
            }
        }

        private static byte[] noise(Random random) {
            byte[] line = new byte[random.nextInt(200)];
            random.nextBytes(line);
            return line;
        }

        private static byte[] mutated(byte[] good, Random random) {
            byte[] line = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) line[random.nextInt(line.length)] = (byte) random.nextInt(256);
            return line;
        }

        @Test
        void deepNestingIsRefused() {
            String deep = "{\"type\":\"data\",\"name\":\"a\",\"value\":" + "[".repeat(500_000);
            assertThatThrownBy(() -> LineCodec.decode(utf8(deep))).isInstanceOf(BadLineException.class);
        }

        @Test
        void aNumberStaysAsItWasWritten() throws BadLineException {
            String digits = "12345678901234567890.50";
            var data = (ServiceLine.Data)
                    LineCodec.decode(utf8("{\"type\":\"data\",\"name\":\"a\",\"value\":" + digits + "}"));
            assertThat(data.value()).hasToString(digits);
        }

        @Test
        void whatIsWrongIsNamed() {
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"datum\"}")))
                    .hasMessageContaining("\"datum\"");
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"data\",\"name\":\"a/b\",\"value\":1}")))
                    .hasMessageStartingWith("name must be");
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"data\",\"name\":\"a\"}")))
                    .hasMessageStartingWith("value is missing");
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"alive\",\"extend_ms\":-1}")))
                    .hasMessageStartingWith("extend_ms must be");
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"ready\"} {}")))
                    .hasMessageContaining("one JSON object");
            assertThatThrownBy(() -> LineCodec.decode(utf8("{\"type\":\"ready\",\"type\":\"ready\"}")))
                    .hasMessageContaining("twice");
            assertThatThrownBy(() -> LineCodec.decode(new byte[] {'"', (byte) 0xff, '"'}))
                    .hasMessageContaining("UTF-8");
        }

        @Test
        void moreTimeIsUnderstood() throws BadLineException {
            assertThat(LineCodec.decode(utf8("{\"type\":\"alive\",\"extend_ms\":1500}")))
                    .isEqualTo(new ServiceLine.Alive(Optional.of(Duration.ofMillis(1500))));
        }
    }
}
