package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PingerTest {
    private final AtomicLong audible = new AtomicLong();
    private final Notes notes = new Notes();
    private final Pinger pinger = new Pinger(number -> true, audible::get, Duration.ofSeconds(60), notes);

    @Test
    void whoDoesNotAnswerForAMinuteIsDeafOnce() {
        after(59);
        assertThat(verdicts()).isZero();
        after(1);
        after(100);
        assertThat(verdicts()).isEqualTo(1);
    }

    @Test
    void anAnswerBeginsANewMinute() {
        after(59);
        pinger.answered();
        after(59);
        assertThat(verdicts()).isZero();
        after(1);
        pinger.answered();
        after(60);
        assertThat(verdicts()).isEqualTo(2);
    }

    private void after(long seconds) {
        audible.addAndGet(Duration.ofSeconds(seconds).toNanos());
        pinger.look();
    }

    private long verdicts() {
        return notes.report().count(Verdict.DEAF);
    }
}
