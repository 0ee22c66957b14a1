package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes are made without the JDK's helper, whose file an update exchanges. */
final class LaunchMechanismTest {
    private final String before = System.getProperty(LaunchMechanism.PROPERTY, "");

    @AfterEach
    void restore() {
        if (before.isEmpty()) System.clearProperty(LaunchMechanism.PROPERTY);
        else System.setProperty(LaunchMechanism.PROPERTY, before);
    }

    @ParameterizedTest
    @CsvSource({"17, VFORK", "21, VFORK", "24, VFORK", "25, FORK", "29, FORK"})
    void isOneThatTheJvmTakesWithoutComplaint(int version, String mechanism) {
        assertThat(LaunchMechanism.of(version)).isEqualTo(mechanism);
    }

    @Test
    void isSetUnlessTheOperatorHasSetIt() {
        System.clearProperty(LaunchMechanism.PROPERTY);
        LaunchMechanism.choose();
        assertThat(System.getProperty(LaunchMechanism.PROPERTY)).isIn("VFORK", "FORK");

        System.setProperty(LaunchMechanism.PROPERTY, "POSIX_SPAWN");
        LaunchMechanism.choose();
        assertThat(System.getProperty(LaunchMechanism.PROPERTY)).isEqualTo("POSIX_SPAWN");
    }
}
