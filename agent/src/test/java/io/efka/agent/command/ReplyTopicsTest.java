package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A reply goes nowhere where an agent would act upon it, or where it would pass for what an agent says. */
final class ReplyTopicsTest {
    private static final String PING = "efka/dev1/cmd/ping";
    private static final String START = "efka/dev1/svc/camera/cmd/start";

    private final CommandFixture fixture = new CommandFixture();

    @ParameterizedTest
    @CsvSource({
        "efka/dev2/cmd/shutdown, commands",
        "efka/dev1/cmd/shutdown, commands",
        "efka/group/elsewhere/svc/camera/cmd/stop, commands",
        "efka/group/all/desired/base, desired state",
        "efka/dev2/status, statuses",
        "efka/dev2/svc/camera/status, statuses",
        "efka/group/all/artifact/0f3a/info, artifacts"
    })
    void ofAgentsAreRefusedByNameAtTheDefaultTopic(String trap, String use) {
        fixture.send(PING, "", CommandFixture.request(trap, new byte[] {'x'})).settle();

        assertThat(fixture.replies).hasSize(1);
        assertThat(fixture.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
        assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        assertThat(message(fixture.reply()))
                .isEqualTo(
                        "the response topic must not be a topic that agents use for " + use + ", was \"" + trap + "\"");
    }

    @Test
    void inThePayloadAreNoBetter() {
        fixture.send(PING, "{\"reply_to\":\"efka/dev2/cmd/shutdown\"}").settle();

        assertThat(fixture.replies).hasSize(1);
        assertThat(fixture.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
        assertThat(message(fixture.reply())).startsWith("reply_to must not be a topic that agents use for commands");
    }

    @Test
    void thatAreRefusedKeepTheCommandFromBeingExecuted() {
        fixture.send(START, "", CommandFixture.request("efka/dev2/cmd/shutdown", new byte[] {'x'}))
                .settle();

        assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        assertThat(fixture.supervision.told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"efka/dev1/reply", "efka/dev1/reply/mine", "efka/dev2/reply", "efka/answers", "my/cmd/status"})
    void ofOthersAreTheirsToChoose(String topic) {
        fixture.send(PING, "", CommandFixture.request(topic, new byte[] {'x'})).settle();

        assertThat(fixture.replies)
                .singleElement()
                .satisfies(reply -> assertThat(reply.topic()).isEqualTo(topic));
    }
}
