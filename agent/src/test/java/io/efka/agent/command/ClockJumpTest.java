package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the clock while commands are under way, or between a command and its duplicate. */
class ClockJumpTest {
    private final CommandFixture fixture = new CommandFixture();

    @ParameterizedTest
    @ValueSource(longs = {-20_000, 20_000})
    void aDuplicateIsStillKnown(long days) {
        fixture.supervision.running(CAMERA);
        fixture.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"1\"}").settle();
        fixture.timers.setClock(Duration.ofDays(days));
        // Another outcome is what makes the ledger look for old ones.
        fixture.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"2\"}").settle();
        fixture.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"1\"}").settle();
        assertThat(fixture.supervision.told).hasSize(2);
        assertThat(fixture.lastReply()).isEqualTo(CommandFixture.json(fixture.replies.get(0)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, 20_000})
    void aSplayedCommandIsNeitherLateNorEarly(long days) {
        fixture.supervision.running(CAMERA);
        fixture.send("efka/group/all/svc/camera/cmd/signal", "{\"signal\":\"HUP\",\"splay_ms\":60000}")
                .settle();
        fixture.timers.setClock(Duration.ofDays(days));
        fixture.settle();
        assertThat(fixture.supervision.told).isEmpty();
        fixture.timers.advance(Duration.ofMinutes(1));
        fixture.settle();
        assertThat(fixture.supervision.told).hasSize(1);
    }

    @Test
    void theTimeACommandTookIsNeverNegative() {
        fixture.supervision.running(CAMERA).isHolding = true;
        fixture.send(camera("stop"), "").settle();
        fixture.timers.setClock(Duration.ofDays(-1));
        fixture.supervision.letGo();
        fixture.settle();
        assertThat(fixture.reply().get("took_ms").getAsLong()).isZero();
    }

    @Test
    void expiryIsJudgedByTheClockAsItIs() {
        fixture.supervision.running(CAMERA);
        fixture.timers.setClock(Duration.ofDays(1));
        fixture.send(camera("stop"), "{\"expires_at\":\"2026-11-23T08:15:00.000Z\"}")
                .settle();
        assertThat(code(fixture.lastReply())).isEqualTo("expired");
        fixture.timers.setClock(Duration.ofDays(-1));
        fixture.send(camera("stop"), "{\"expires_at\":\"2026-11-23T08:15:00.000Z\"}")
                .settle();
        assertThat(code(fixture.lastReply())).isEqualTo("ok");
    }
}
