package io.efka.protocol.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Fault;
import io.efka.protocol.manifest.ManifestReading.Unusable;
import io.efka.protocol.manifest.ManifestReading.Usable;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are no manifest at all. */
class ManifestTextTest {
    private static final String VALID = """
            {"service_id":"camera","exec":"run.sh","args":["-v","x y"],"health_check":"tcp://localhost:80",
             "health":{"interval":"5s","failures":3},"restart":{"policy":"on-failure","delay":"2s","limit":5},
             "stop":{"exec":"stop.sh","signal":"INT"},"env":{"A":"b"},"limits":{"memory":"64MiB","cpu":0.5},
             "after":["db"],"output":{"keep":1048576,"batch":"64KiB"},"umask":"0022","autostart":false}
            """;

    private static Fault onlyFault(String json) {
        ManifestReading reading = ManifestParser.read(json);
        assertThat(reading).isInstanceOf(Unusable.class);
        assertThat(((Unusable) reading).faults()).hasSize(1);
        return ((Unusable) reading).faults().get(0);
    }

    @Nested
    class NotJson {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "{",
                    "}",
                    "{]",
                    "{\"a\":}",
                    "{\"a\" 1}",
                    "{\"a\":1,}",
                    "{'a':1}",
                    "{a:1}",
                    "{\"a\":NaN}",
                    "{\"a\":-Infinity}",
                    "{\"a\":01}",
                    "{\"a\":1}}",
                    "{\"a\":1} x",
                    "{} {}",
                    "{\"a\":1}//",
                    "/**/{}",
                    "{\"a\":TRUE}",
                    "{\"a\":\"\n\"}",
                    "{\"a\":\"\\x\"}",
                    ")]}'\n{}",
                    "{\"a\"=1}",
                    "{\"a\":1;}",
                    "{\"a\":\"\\u12\"}",
                    "nul",
                    "{\"a\":\"\\ud800\"}"
                })
        void isOneFaultOfTheFile(String json) {
            Fault fault = onlyFault(json);
            assertThat(fault.key()).isEqualTo("manifest.json");
            assertThat(fault.expected()).startsWith("must ").doesNotContain("Strictness");
        }

        @Test
        void saysWhereItStops() {
            assertThat(onlyFault("{\"a\":1,\n\"b\" 2}").toString())
                    .isEqualTo("manifest.json: must be JSON, and is wrong at line 2 column 6, was {\"a\":1,\n\"b\" 2}");
        }

        @Test
        void oneNumberOfManyDigitsIsAFault() {
            assertThat(ManifestParser.read("{\"exec\":" + "9".repeat(200_000) + "}"))
                    .isInstanceOf(Unusable.class);
        }
    }

    @Nested
    class NotAnObject {
        @ParameterizedTest
        @ValueSource(strings = {"[]", "null", "1", "\"camera\"", "true"})
        void isOneFault(String json) {
            assertThat(onlyFault(json)).isEqualTo(new Fault("manifest.json", json, "must be a JSON object"));
        }
    }

    @Nested
    class TooMuch {
        @Test
        void nestingIsRefusedBeforeItHurts() {
            assertThat(onlyFault("[".repeat(100_000)).expected()).isEqualTo("must not be nested deeper than 64");
            assertThat(onlyFault("{\"a\":".repeat(10_000)).expected()).isEqualTo("must not be nested deeper than 64");
        }

        @Test
        void nestingOf64IsRead() {
            String extra = "[".repeat(63) + "]".repeat(63);
            assertThat(ManifestParser.read(VALID.replace("\"after\"", "\"x\":" + extra + ",\"after\"")))
                    .isInstanceOf(Usable.class);
            assertThat(ManifestParser.read(VALID.replace("\"after\"", "\"x\":[" + extra + "],\"after\"")))
                    .isInstanceOf(Unusable.class);
        }

        @Test
        void textIsRefusedByItsSize() {
            Fault fault = onlyFault(VALID + " ".repeat(256 * 1024));
            assertThat(fault.expected()).isEqualTo("must be 256 KiB at most");
        }
    }

    @Nested
    class AnyText {
        private static final int ROUNDS = 3_000;
        private static final String ALPHABET = "{}[]:,\"\\0123456789.eE+-truefalsn _/ud8\u0000\u00e9\ud800\n'";

        @ParameterizedTest
        @ValueSource(longs = {1, 20250418})
        void isReadWithoutAnException(long seed) {
            var random = new Random(seed);
            for (int round = 0; round < ROUNDS; round++) {
                String text = mutated(random);
                ManifestReading reading = ManifestParser.read(text);
                if (reading instanceof Unusable unusable) {
                    assertThat(unusable.faults()).as("seed %s: %s", seed, text).isNotEmpty();
                }
            }
        }

        private String mutated(Random random) {
            var text = new StringBuilder(VALID);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(text.length());
                char other = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, other);
                    case 1 -> text.insert(at, other);
                    case 2 -> text.deleteCharAt(at);
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
                }
            }
            return text.toString();
        }
    }
}
