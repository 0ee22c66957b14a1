package io.efka.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OverwriteDetectorTest {
    private final FakeTimers timers = new FakeTimers();
    private final OverwriteDetector detector = new OverwriteDetector(timers, () -> this.corrections++);
    private int corrections;

    private void publish(String text) {
        detector.publishing(bytes(text));
    }

    private void receive(String text) {
        detector.received(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void pass() {
        timers.advance(Duration.ofMinutes(1));
    }

    @Test
    void whatComesBeforeTheFirstPublishWillBeReplaced() {
        receive("theirs");
        pass();

        assertThat(corrections).isZero();
    }

    @Test
    void theRetainedMessageThatComesBeforeTheFirstEchoIsReplacedByIt() {
        publish("ours");
        receive("of an earlier start");
        receive("ours");
        pass();

        assertThat(corrections).isZero();
    }

    @Test
    void theLastMessageDecides() {
        publish("ours");
        receive("ours");
        receive("theirs");
        pass();
        assertThat(corrections).isEqualTo(1);
        receive("theirs");
        receive("ours");
        pass();

        assertThat(corrections).isEqualTo(1);
    }

    @Test
    void anEchoThatNeverCameStandsInNobodysWay() {
        publish("first");
        publish("second");
        receive("second");
        receive("first");
        pass();

        assertThat(corrections).as("the first is not on its way any more").isEqualTo(1);
    }

    @Test
    void withoutAnyEchoAForeignMessageIsCorrectedOnce() {
        for (int i = 0; i < 100; i++) publish("ours " + i);
        receive("theirs");
        pass();
        pass();

        assertThat(corrections).isEqualTo(1);
    }
}
