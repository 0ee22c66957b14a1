package io.efka.agent.process.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers in the kernel's texts, whatever stands there. */
final class ProcFilesTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"'oom_kill 3',3", "'oom 1\noom_kill 7\n',7", "'oom_kill max',none", "'oom_kill ',none", "'',none"})
    void isTheOneBehindTheKey(String text, Long number) {
        assertThat(ProcFiles.number(text, "oom_kill ").stream()
                        .boxed()
                        .findFirst()
                        .orElse(null))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"99999999999999999999", "18446744073709551615"})
    void oneBeyondLongIsNone(String number) {
        assertThat(ProcFiles.number("oom_kill " + number, "oom_kill ")).isEmpty();
    }
}
