package io.efka.agent.command;

import static io.efka.agent.command.Rig.CAMERA;
import static io.efka.agent.command.Rig.camera;
import static io.efka.agent.command.Rig.code;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the clock while commands are under way, or between a command and its duplicate. */
class ClockJumpTest {
    private final Rig rig = new Rig();

    @ParameterizedTest
    @ValueSource(longs = {-20_000, 20_000})
    void aDuplicateIsStillKnown(long days) {
        rig.supervision.running(CAMERA);
        rig.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"1\"}").settle();
        rig.timers.setClock(Duration.ofDays(days));
        // Another outcome is what makes the ledger look for old ones.
        rig.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"2\"}").settle();
        rig.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"1\"}").settle();
        assertThat(rig.supervision.told).hasSize(2);
        assertThat(rig.lastReply()).isEqualTo(Rig.json(rig.replies.get(0)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, 20_000})
    void aSplayedCommandIsNeitherLateNorEarly(long days) {
        rig.supervision.running(CAMERA);
        rig.send("efka/group/all/svc/camera/cmd/signal", "{\"signal\":\"HUP\",\"splay_ms\":60000}")
                .settle();
        rig.timers.setClock(Duration.ofDays(days));
        rig.settle();
        assertThat(rig.supervision.told).isEmpty();
        rig.timers.advance(Duration.ofMinutes(1));
        rig.settle();
        assertThat(rig.supervision.told).hasSize(1);
    }

    @Test
    void theTimeACommandTookIsNeverNegative() {
        rig.supervision.running(CAMERA).isHolding = true;
        rig.send(camera("stop"), "").settle();
        rig.timers.setClock(Duration.ofDays(-1));
        rig.supervision.letGo();
        rig.settle();
        assertThat(rig.reply().get("took_ms").getAsLong()).isZero();
    }

    @Test
    void expiryIsJudgedByTheClockAsItIs() {
        rig.supervision.running(CAMERA);
        rig.timers.setClock(Duration.ofDays(1));
        rig.send(camera("stop"), "{\"expires_at\":\"2026-11-23T08:15:00.000Z\"}")
                .settle();
        assertThat(code(rig.lastReply())).isEqualTo("expired");
        rig.timers.setClock(Duration.ofDays(-1));
        rig.send(camera("stop"), "{\"expires_at\":\"2026-11-23T08:15:00.000Z\"}")
                .settle();
        assertThat(code(rig.lastReply())).isEqualTo("ok");
    }
}
