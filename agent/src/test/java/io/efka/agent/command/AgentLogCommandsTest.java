package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.device;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.command.handler.AgentLog.Level;
import io.efka.agent.command.handler.AgentLog.Line;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentLogCommandsTest {
    private final CommandFixture fixture = new CommandFixture();

    private JsonObject ask(String command, String payload) {
        fixture.send(device(command), payload).settle();
        return fixture.lastReply();
    }

    @Nested
    class LevelOfTheLog {
        @Test
        void isToldWithoutArguments() {
            JsonObject reply = ask("log-level", "");
            assertThat(reply.get("level").getAsString()).isEqualTo("info");
            assertThat(reply.get("configured").getAsString()).isEqualTo("info");
            assertThat(reply.has("until")).isFalse();
        }

        @Test
        void staysUntilAnotherIsSet() {
            assertThat(ask("log-level", "{\"level\":\"DEBUG\"}").get("level").getAsString())
                    .isEqualTo("debug");
            fixture.timers.advance(Duration.ofDays(30));
            assertThat(fixture.agentLog.level).isEqualTo(Level.DEBUG);
        }

        @Test
        void returnsWhenItsTimeIsOver() {
            JsonObject reply = ask("log-level", "{\"level\":\"trace\",\"for\":\"10m\"}");
            assertThat(reply.has("until")).isTrue();
            fixture.timers.advance(Duration.ofMinutes(9));
            assertThat(fixture.agentLog.level).isEqualTo(Level.TRACE);
            fixture.timers.advance(Duration.ofMinutes(1));
            assertThat(fixture.agentLog.level).isEqualTo(Level.INFO);
            assertThat(ask("log-level", "").has("until")).isFalse();
        }

        @Test
        void isNotEndedByAnEarlierCommand() {
            ask("log-level", "{\"level\":\"trace\",\"for\":\"10m\"}");
            ask("log-level", "{\"level\":\"debug\"}");
            fixture.timers.advance(Duration.ofMinutes(11));
            assertThat(fixture.agentLog.level).isEqualTo(Level.DEBUG);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"level\":\"loud\"}",
                    "{\"level\":5}",
                    "{\"for\":\"10m\"}",
                    "{\"level\":\"debug\",\"for\":\"10\"}",
                    "{\"level\":\"debug\",\"for\":\"0s\"}",
                    "{\"level\":\"debug\",\"for\":\"8d\"}"
                })
        void isLeftAsItIsByABadArgument(String payload) {
            assertThat(code(ask("log-level", payload))).isEqualTo("bad_argument");
            assertThat(fixture.agentLog.level).isEqualTo(Level.INFO);
        }
    }

    @Nested
    class Lines {
        Lines() {
            fixture.agentLog.lines.add(new Line(Level.INFO, "one\n"));
            fixture.agentLog.lines.add(new Line(Level.WARN, "two\n"));
            fixture.agentLog.lines.add(new Line(Level.INFO, "three\n"));
        }

        private String text(String payload) {
            return ask("logs", payload).get("text").getAsString();
        }

        @Test
        void areTheLastOnesInTheirOrder() {
            assertThat(text("")).isEqualTo("one\ntwo\nthree\n");
            assertThat(text("{\"lines\":2}")).isEqualTo("two\nthree\n");
        }

        @Test
        void canBeChosenByLevelAndText() {
            assertThat(text("{\"level\":\"warn\"}")).isEqualTo("two\n");
            assertThat(text("{\"match\":\"e\"}")).isEqualTo("one\nthree\n");
            assertThat(text("{\"match\":\"e.*\"}")).isEmpty();
        }

        @Test
        void beyondTheBoundOfAnAnswerAreLeftOut() {
            JsonObject reply = ask("logs", "{\"max_bytes\":10}");
            assertThat(reply.get("text").getAsString()).isEqualTo("two\nthree\n");
            assertThat(reply.get("lines").getAsInt()).isEqualTo(2);
            assertThat(reply.get("truncated").getAsBoolean()).isTrue();
        }
    }

    @Test
    void aServicesLogsCanBeAskedForByHowLongAgo() {
        fixture.supervision.with(CAMERA);
        fixture.send(camera("logs"), "{\"since\":\"1h\",\"until\":\"30m\"}").settle();
        assertThat(code(fixture.lastReply())).isEqualTo("ok");
        var time = fixture.logQueries.get(0).time();
        assertThat(time.since()).contains(fixture.timers.now().minus(Duration.ofHours(1)));
        assertThat(time.until()).contains(fixture.timers.now().minus(Duration.ofMinutes(30)));
    }

    @Test
    void aTimeThatIsNoneSaysBothShapes() {
        fixture.supervision.with(CAMERA);
        fixture.send(camera("logs"), "{\"since\":\"yesterday\"}").settle();
        assertThat(message(fixture.lastReply())).contains("2026-11-22T10:00:00Z", "\"1h\"");
    }
}
