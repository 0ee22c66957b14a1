package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private final Conditions conditions = new Conditions();

    @BeforeEach
    void everybodyIsThere() {
        conditions.connected(true);
        conditions.online(true, 1);
    }

    @Test
    void aFaultyLinkIsNoCalm() {
        assertThat(conditions.isCalm()).isTrue();
        conditions.driver("link faulty");
        assertThat(conditions.isCalm()).isFalse();
    }

    @Test
    void afterAFaultyLinkTheAgentHasToAnnounceItself() {
        conditions.driver("link faulty");
        conditions.driver("link fine");
        assertThat(conditions.isCalm()).isFalse();
        conditions.online(true, 1);
        assertThat(conditions.isCalm()).isTrue();
    }

    @Test
    void anAgentThatIsNotOnlineCanStillBeExpectedToHear() {
        conditions.driver("link faulty");
        long before = conditions.audibleNanos();
        assertThat(conditions.audibleNanos()).isEqualTo(before);
        conditions.driver("link fine");
        assertThat(conditions.audibleNanos()).isGreaterThan(before);
    }
}
