package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.device;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.events.EventQueries;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsCommandTest {
    private final CommandFixture fixture = new CommandFixture();

    private EventQueries.Query asked(String topic, String payload) {
        fixture.send(topic, payload).settle();
        assertThat(fixture.lastReply().get("ok").getAsBoolean())
                .as(fixture.texts().toString())
                .isTrue();
        return fixture.eventQueries.get(0);
    }

    @Test
    void argumentsReachTheJournal() {
        EventQueries.Query query = asked(
                device("events"),
                "{\"since\":\"1h\",\"until\":\"2026-11-22T20:00:00Z\",\"lines\":7,\"match\":\"oom\",\"service\":\"gone\","
                        + "\"max_bytes\":2000}");
        assertThat(query.time().since()).contains(FakeTimers.START.minus(Duration.ofHours(1)));
        assertThat(query.time().until().orElseThrow()).hasToString("2026-11-22T20:00:00Z");
        assertThat(query.lines()).hasValue(7);
        assertThat(query.match()).contains("oom");
        assertThat(query.service()).contains(new ServiceId("gone"));
        assertThat(query.maxBytes()).isEqualTo(2000);
    }

    @Test
    void withoutArgumentsItIsTheWholeAnswersWorthOfTheLast() {
        EventQueries.Query query = asked(device("events"), "");
        assertThat(query.lines()).isEmpty();
        assertThat(query.from()).isEmpty();
        assertThat(query.service()).isEmpty();
        assertThat(query.maxBytes()).isEqualTo(Logs.LARGEST_PAGE);
    }

    @Test
    void aServicesTopicAsksForItsEventsEvenIfItWasRemoved() {
        EventQueries.Query query = asked("efka/dev1/svc/gone/cmd/events", "{\"from\":5,\"to\":9}");
        assertThat(query.service()).contains(new ServiceId("gone"));
        assertThat(query.from()).hasValue(5);
        assertThat(query.to()).hasValue(9);
    }

    @Test
    void theAnswerHasTheEventsAndWhereToGoOn() {
        JsonObject event =
                JsonParser.parseString("{\"v\":1,\"event\":\"started\"}").getAsJsonObject();
        fixture.eventAnswer = CompletableFuture.completedFuture(new EventQueries.Page(
                List.of(event), 1000000001, 1000000002, Optional.of("2026-11-22T20:15:00.123Z"), 2, true));
        fixture.send(device("events"), "").settle();
        assertThat(fixture.texts().get(0))
                .contains("\"events\":[{\"v\":1,\"event\":\"started\"}],\"offset\":1000000001,\"next\":1000000002,"
                        + "\"oldest\":\"2026-11-22T20:15:00.123Z\",\"unreadable\":2,\"truncated\":true");
    }

    @Test
    void anEmptyJournalHasNoOldest() {
        fixture.send(device("events"), "").settle();
        assertThat(fixture.lastReply().get("oldest").isJsonNull()).isTrue();
        assertThat(fixture.lastReply().get("events").getAsJsonArray()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "{\"lines\":0} ! lines must be a whole number from 1 to 10000",
                "{\"lines\":10001} ! lines must be a whole number from 1 to 10000",
                "{\"lines\":5,\"from\":1} ! lines must be left out where from or to is given",
                "{\"from\":5,\"to\":4} ! to must be at least from",
                "{\"from\":-1} ! from must be a whole number from 0",
                "{\"since\":\"yesterday\"} ! since must be a time as in",
                "{\"since\":\"1h\",\"until\":\"2h\"} ! until must be at least since",
                "{\"service\":\"a/b\"} ! service must be a service's id, 1-64 of A-Z a-z 0-9 . _ -",
                "{\"service\":7} ! service must be a string",
                "{\"match\":true} ! match must be a string",
                "{\"max_bytes\":1023} ! max_bytes must be a whole number from 1024 to 196608"
            })
    void aBadArgumentIsNamedWithWhatWouldBeRight(String payload, String words) {
        fixture.send(device("events"), payload).settle();
        assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        assertThat(message(fixture.reply())).contains(words.split(" ", 2)[0], words.split(" ", 2)[1]);
        assertThat(fixture.eventQueries).isEmpty();
    }

    @Test
    void whatTheJournalRefusesIsSaid() {
        fixture.eventAnswer = CompletableFuture.failedFuture(new Logs.Busy("too many searches"));
        fixture.send(device("events"), "").settle();
        fixture.eventAnswer = CompletableFuture.failedFuture(new Logs.BadMatch("no lookahead"));
        fixture.send(device("events"), "{\"match\":\"(?=a)\"}").settle();
        fixture.eventAnswer = CompletableFuture.failedFuture(new IOException("the disk did not answer for 5 s"));
        fixture.send(device("events"), "").settle();
        assertThat(fixture.replies.stream().map(CommandFixture::json).map(CommandFixture::code))
                .containsExactly("busy", "bad_argument", "internal");
        assertThat(message(fixture.lastReply()))
                .isEqualTo("the event journal could not be read: the disk did not answer for 5 s");
    }

    @Test
    void aSearchHoldsUpNoOtherCommand() {
        fixture.eventAnswer = new CompletableFuture<>();
        fixture.send(device("events"), "").send(device("ping"), "").settle();
        assertThat(fixture.reply().get("command").getAsString()).isEqualTo("ping");
    }
}
