package io.efka.agent.process.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which limit of open files services get, given what the JVM has made of its own. */
final class InheritedLimitsTest {
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # own soft, own hard, parent soft, parent hard, told, services
            524288, 524288, 1024, 524288, -, 1024
            20000, 20000, 4096, 20000, -, 4096
            20000, 20000, 20000, 20000, -, -
            20000, 20000, 20000, 20000, 777, 777
            524288, 524288, 1073741816, 1073741816, -, 1024
            524288, 524288, 1073741816, 1073741816, 8192, 8192
            4096, 4096, -, -, -, 1024
            65536, 65536, 1073741816, 1073741816, -, -
            1048576, 1048576, -, -, -, -
            1024, 524288, 512, 524288, -, -
            unlimited, unlimited, 1024, unlimited, -, 1024
            20000, 20000, 20000, 20000, unlimited, -
            20000, 20000, 1024, 20000, nonsense, 1024
            """)
    void isTheOneThatTheAgentWasGiven(
            String ownSoft, String ownHard, String parentSoft, String parentHard, String told, Long services) {
        OptionalLong found = InheritedLimits.openFiles(
                limits(ownSoft, ownHard), limits(parentSoft, parentHard), Optional.ofNullable(told));

        assertThat(found).isEqualTo(services == null ? OptionalLong.empty() : OptionalLong.of(services));
    }

    @Test
    void withoutProcThereIsNoneToSet() {
        assertThat(InheritedLimits.openFiles("", "", Optional.of("777"))).isEmpty();
    }

    private static String limits(String soft, String hard) {
        if (soft == null) return "";
        return "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max processes             63432                63432                processes \n"
                + String.format("Max open files            %-20s %-20s files     %n", soft, hard);
    }
}
