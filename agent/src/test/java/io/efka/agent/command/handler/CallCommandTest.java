package io.efka.agent.command.handler;

import static io.efka.agent.command.Rig.CAMERA;
import static io.efka.agent.command.Rig.camera;
import static io.efka.agent.command.Rig.code;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.command.Rig;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallCommandTest {
    private final Rig rig = new Rig();

    @BeforeEach
    void theServiceRuns() {
        rig.supervision.running(CAMERA);
    }

    private void answer(int call, CallResult heard) {
        rig.channels.calls.get(call).answer().complete(heard);
        rig.settle();
    }

    @Test
    void theServiceAnswers() {
        rig.send(camera("call/blink"), "{\"id\":\"1\",\"args\":{\"times\":3}}").settle();
        assertThat(rig.channels.calls.get(0).args()).hasToString("{\"times\":3}");
        assertThat(rig.channels.calls.get(0).timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(rig.replies).isEmpty();

        answer(0, new CallResult.Done(new JsonPrimitive("done")));

        assertThat(rig.reply().get("result").getAsString()).isEqualTo("done");
        assertThat(rig.reply().get("command").getAsString()).isEqualTo("call/blink");
    }

    @Test
    void manyAreInFlightAndEachGetsItsOwnAnswer() {
        for (int i = 0; i < 50; i++) rig.send(camera("call/blink"), "{\"id\":\"c" + i + "\"}");
        rig.settle();
        assertThat(rig.channels.calls).hasSize(50);

        for (int i = 49; i >= 0; i--) answer(i, new CallResult.Done(new JsonPrimitive(i)));

        for (var reply : rig.replies) {
            var json = Rig.json(reply);
            assertThat(json.get("id").getAsString())
                    .isEqualTo("c" + json.get("result").getAsInt());
        }
    }

    @Test
    void aCommandBehindACallDoesNotWaitForIt() {
        rig.send(camera("call/blink"), "{\"id\":\"1\"}")
                .send(camera("status"), "")
                .settle();
        assertThat(rig.lastReply().get("command").getAsString()).isEqualTo("status");
    }

    @Test
    void whyThereIsNoAnswerIsTheReply() {
        rig.send(camera("call/blink"), "").settle();
        answer(0, new CallResult.Unanswered(ErrorCode.NO_CHANNEL, "none"));
        assertThat(code(rig.reply())).isEqualTo("no_channel");
    }

    @Test
    void nobodyIsAskedForLongerThanTheCommandLives() {
        rig.send(camera("call/blink"), "{\"timeout_ms\":60000}", Rig.expiring(5))
                .settle();
        assertThat(rig.channels.calls.get(0).timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whoDoesNotWaitHearsThatItWasAsked() {
        rig.send(camera("call/blink"), "{\"id\":\"1\",\"wait\":false}").settle();
        assertThat(rig.reply().get("accepted").getAsBoolean()).isTrue();
        answer(0, new CallResult.Done(new JsonPrimitive("done")));
        assertThat(rig.replies).hasSize(1);
    }

    @Test
    void itIsNotRepeatedAfterACrash() {
        rig.send(camera("call/blink"), "{\"id\":\"1\"}").settle();

        Rig next = rig.nextLife();
        next.router.recover();
        next.settle();

        assertThat(next.channels.calls).isEmpty();
        assertThat(code(next.reply())).isEqualTo("interrupted");
    }

    @Test
    void badNamesAreRefused() {
        rig.send(camera("call/a/b"), "").settle();
        assertThat(code(rig.reply())).isEqualTo("bad_argument");
        rig.send(camera("call"), "").settle();
        assertThat(code(rig.lastReply())).isEqualTo("unknown_command");
    }
}
