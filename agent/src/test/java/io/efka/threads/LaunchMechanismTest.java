package io.efka.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes are made without the JDK's helper, whose file an update exchanges. */
final class LaunchMechanismTest {
    private final String before = System.getProperty(ChildProcess.MECHANISM, "");

    @AfterEach
    void restore() {
        if (before.isEmpty()) System.clearProperty(ChildProcess.MECHANISM);
        else System.setProperty(ChildProcess.MECHANISM, before);
    }

    @ParameterizedTest
    @CsvSource({"17, VFORK", "21, VFORK", "24, VFORK", "25, FORK", "29, FORK"})
    void isOneThatTheJvmTakesWithoutComplaint(int version, String mechanism) {
        assertThat(ChildProcess.mechanism(version)).isEqualTo(mechanism);
    }

    @Test
    void isSetUnlessTheOperatorHasSetIt() {
        System.clearProperty(ChildProcess.MECHANISM);
        ChildProcess.chooseMechanism();
        assertThat(System.getProperty(ChildProcess.MECHANISM)).isIn("VFORK", "FORK");

        System.setProperty(ChildProcess.MECHANISM, "POSIX_SPAWN");
        ChildProcess.chooseMechanism();
        assertThat(System.getProperty(ChildProcess.MECHANISM)).isEqualTo("POSIX_SPAWN");
    }
}
