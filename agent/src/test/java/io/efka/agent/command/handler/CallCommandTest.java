package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.command.CommandFixture;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallCommandTest {
    private final CommandFixture fixture = new CommandFixture();

    @BeforeEach
    void theServiceRuns() {
        fixture.supervision.running(CAMERA);
    }

    private void answer(int call, CallResult heard) {
        fixture.channels.calls.get(call).answer().complete(heard);
        fixture.settle();
    }

    @Test
    void theServiceAnswers() {
        fixture.send(camera("call/blink"), "{\"id\":\"1\",\"args\":{\"times\":3}}")
                .settle();
        assertThat(fixture.channels.calls.get(0).args()).hasToString("{\"times\":3}");
        assertThat(fixture.channels.calls.get(0).timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(fixture.replies).isEmpty();

        answer(0, new CallResult.Done(new JsonPrimitive("done")));

        assertThat(fixture.reply().get("result").getAsString()).isEqualTo("done");
        assertThat(fixture.reply().get("command").getAsString()).isEqualTo("call/blink");
    }

    @Test
    void manyAreInFlightAndEachGetsItsOwnAnswer() {
        for (int i = 0; i < 50; i++) fixture.send(camera("call/blink"), "{\"id\":\"c" + i + "\"}");
        fixture.settle();
        assertThat(fixture.channels.calls).hasSize(50);

        for (int i = 49; i >= 0; i--) answer(i, new CallResult.Done(new JsonPrimitive(i)));

        for (var reply : fixture.replies) {
            var json = CommandFixture.json(reply);
            assertThat(json.get("id").getAsString())
                    .isEqualTo("c" + json.get("result").getAsInt());
        }
    }

    @Test
    void aCommandBehindACallDoesNotWaitForIt() {
        fixture.send(camera("call/blink"), "{\"id\":\"1\"}")
                .send(camera("status"), "")
                .settle();
        assertThat(fixture.lastReply().get("command").getAsString()).isEqualTo("status");
    }

    @Test
    void whyThereIsNoAnswerIsTheReply() {
        fixture.send(camera("call/blink"), "").settle();
        answer(0, new CallResult.Unanswered(ErrorCode.NO_CHANNEL, "none"));
        assertThat(code(fixture.reply())).isEqualTo("no_channel");
    }

    @Test
    void nobodyIsAskedForLongerThanTheCommandLives() {
        fixture.send(camera("call/blink"), "{\"timeout_ms\":60000}", CommandFixture.expiring(5))
                .settle();
        assertThat(fixture.channels.calls.get(0).timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whoDoesNotWaitHearsThatItWasAsked() {
        fixture.send(camera("call/blink"), "{\"id\":\"1\",\"wait\":false}").settle();
        assertThat(fixture.reply().get("accepted").getAsBoolean()).isTrue();
        answer(0, new CallResult.Done(new JsonPrimitive("done")));
        assertThat(fixture.replies).hasSize(1);
    }

    @Test
    void itIsNotRepeatedAfterACrash() {
        fixture.send(camera("call/blink"), "{\"id\":\"1\"}").settle();

        CommandFixture next = fixture.nextLife();
        next.router.recover();
        next.settle();

        assertThat(next.channels.calls).isEmpty();
        assertThat(code(next.reply())).isEqualTo("interrupted");
    }

    @Test
    void badNamesAreRefused() {
        fixture.send(camera("call/a/b"), "").settle();
        assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        fixture.send(camera("call"), "").settle();
        assertThat(code(fixture.lastReply())).isEqualTo("unknown_command");
    }
}
