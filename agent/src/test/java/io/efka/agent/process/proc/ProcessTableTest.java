package io.efka.agent.process.proc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class ProcessTableTest {
    private static final String AFTER_NAME =
            " S 1 42 41 0 -1 4194304 100 0 0 0 7 5 0 0 20 0 1 0 123456 2000000 300 18446744073709551615\n";

    @Nested
    class AStatLine {
        @Test
        void isReadWhateverTheNameHolds() {
            var expected = new ProcessStat(42, 'S', 1, 42, 41, 12, 123_456);
            for (String name : new String[] {"sleep", "a b", "a) R 9 (b", "((", ") S 1 1 1 "}) {
                assertThat(ProcessStat.parse("42 (" + name + ")" + AFTER_NAME)).contains(expected);
            }
        }

        @Test
        void thatIsCutOffIsNoProcess() {
            assertThat(ProcessStat.parse("")).isEmpty();
            assertThat(ProcessStat.parse("42 (sleep) S 1 2")).isEmpty();
        }

        @Test
        void ofAZombieIsNotAlive() {
            assertThat(ProcessStat.parse("42 (x)" + AFTER_NAME.replace(" S ", " Z "))
                            .orElseThrow()
                            .isAlive())
                    .isFalse();
        }
    }

    @Test
    void theAgeOfAProcessIsCountedByTheKernel() throws IOException {
        var table = new ProcessTable();
        ProcessIdentity self = table.identify(ProcessHandle.current().pid()).orElseThrow();
        Duration started = Duration.ofMillis(self.startTicks() * 1_000 / ticksPerSecond());
        Duration atLeast = uptime().minus(started);
        Duration age = table.age(self).orElseThrow();
        assertThat(age).isBetween(atLeast, uptime().minus(started));
        var future = new ProcessIdentity(1, Long.MAX_VALUE / 100, "boot");
        assertThat(table.age(future)).isEmpty();
    }

    /** In hundredths of a second. */
    private static Duration uptime() throws IOException {
        String seconds = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
        return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValueExact());
    }

    private static long ticksPerSecond() throws IOException {
        Process getconf = new ProcessBuilder("getconf", "CLK_TCK").start();
        return Long.parseLong(new String(getconf.getInputStream().readAllBytes(), US_ASCII).strip());
    }

    @Nested
    class AnEnvironment {
        @Test
        void isSearchedByWholeNames() {
            var environ = new ProcessTable.Environ("XEFKA_RUN=no\0A=EFKA_RUN=no\0EFKA_RUN=yes\0Z=1\0");
            assertThat(environ.value("EFKA_RUN")).contains("yes");
            assertThat(environ.value("Z")).contains("1");
            assertThat(environ.value("EFKA_SIDE")).isEmpty();
            assertThat(new ProcessTable.Environ("EFKA_RUN=first\0").value("EFKA_RUN"))
                    .contains("first");
        }

        @Test
        void thatAServerWroteItsTitleOverSaysNothing() {
            assertThat(new ProcessTable.Environ("worker process\0\0\0").isOverwritten())
                    .isTrue();
            assertThat(new ProcessTable.Environ("").isOverwritten()).isTrue();
            assertThat(new ProcessTable.Environ("PATH=/bin\0").isOverwritten()).isFalse();
        }
    }
}
