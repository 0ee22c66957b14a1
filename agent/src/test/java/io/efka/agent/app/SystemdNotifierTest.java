package io.efka.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SystemdNotifierTest {
    private static Duration period(Map<String, String> environment) {
        return new SystemdNotifier(environment, 42).period();
    }

    @Test
    void feedsTheWatchdogThreeTimesInItsTime() {
        assertThat(period(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000")))
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(period(Map.of(
                        "NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "42")))
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void feedsNoWatchdogThatIsNotItsOwn() {
        assertThat(period(Map.of())).isZero();
        assertThat(period(Map.of("WATCHDOG_USEC", "60000000"))).isZero();
        assertThat(period(Map.of("NOTIFY_SOCKET", "/run/systemd/notify"))).isZero();
        assertThat(period(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "soon")))
                .isZero();
        assertThat(period(Map.of(
                        "NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "7")))
                .isZero();
    }
}
