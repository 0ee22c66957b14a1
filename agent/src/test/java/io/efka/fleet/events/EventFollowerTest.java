package io.efka.fleet.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.request.Requests;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventFollowerTest {
    private static final EventQuery LAST = new EventQuery(20, Optional.empty(), Optional.empty(), Optional.empty());

    private final FakeFleetBroker broker = new FakeFleetBroker().taking(this::answer);
    private final Map<String, List<String>> journals = new HashMap<>();
    private final List<String> shown = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final Set<String> offline = new HashSet<>();
    private long leftOut;

    /** Events of one answer. */
    private int page = 100;

    private final EventFollower.Audience audience = new EventFollower.Audience() {
        @Override
        public void event(FleetEvent event) {
            shown.add(event.name() + " " + event.document().text("n").orElse("?"));
        }

        @Override
        public void failed(String device, String why) {
            failed.add(device + " " + why);
        }

        @Override
        public void leftOut(long events) {
            leftOut = events;
        }
    };

    /** Something happens on a device: it is in the journal, and published. */
    private void happens(String device, String number, String at) {
        String text = "{\"at\":\"2026-11-27T10:00:" + at + "Z\",\"event\":\"state\",\"service\":\"cam\",\"n\":\""
                + number + "\"}";
        journals.computeIfAbsent(device, name -> new ArrayList<>()).add(text);
        broker.send(message("efka/" + device + "/svc/cam/event", text, Properties.NONE));
    }

    private static Message message(String topic, String text, Properties properties) {
        return new Message(topic, text.getBytes(StandardCharsets.UTF_8), 1, false, properties);
    }

    private void answer(Message command) {
        if (!command.topic().endsWith("/cmd/events")) return;
        String device = command.topic().split("/", -1)[1];
        List<String> journal = journals.getOrDefault(device, List.of());
        JsonObject asked = JsonParser.parseString(new String(command.payload(), StandardCharsets.UTF_8))
                .getAsJsonObject();
        int from = asked.has("from") ? asked.get("from").getAsInt() : 0;
        int to = Math.min(journal.size(), from + page);
        String text = "{\"ok\":true,\"events\":[" + String.join(",", journal.subList(from, to)) + "],\"next\":" + to
                + ",\"truncated\":" + (to < journal.size()) + "}";
        var properties = new Properties(
                Optional.empty(),
                Optional.empty(),
                command.properties().correlationData(),
                OptionalLong.empty(),
                List.of());
        broker.send(message(command.properties().responseTopic().orElseThrow(), text, properties));
    }

    private EventFollower follower(FleetSession session, EventQuery query) {
        return new EventFollower(
                session, new Requests(session), query, event -> true, device -> !offline.contains(device), audience);
    }

    @Test
    void theJournalsOfManyAreOneInTheOrderOfTime() throws Exception {
        happens("gate7", "1", "01");
        happens("gate8", "2", "02");
        happens("gate7", "3", "03");

        assertThat(follower(broker.connected(), LAST).history(List.of("gate7", "gate8")))
                .isTrue();

        assertThat(shown).containsExactly("gate7/cam 1", "gate8/cam 2", "gate7/cam 3");
    }

    @Test
    void aLongJournalIsReadToItsEnd() throws Exception {
        page = 2;
        for (int i = 1; i <= 7; i++) happens("gate7", "" + i, "0" + i);
        var query = new EventQuery(20, Optional.of("1d"), Optional.empty(), Optional.empty());

        follower(broker.connected(), query).history(List.of("gate7"));

        assertThat(shown).hasSize(7).first().isEqualTo("gate7/cam 1");
    }

    @Test
    void aDeviceThatDoesNotAnswerIsNamedAndTheOthersAreShown() throws Exception {
        happens("gate7", "1", "01");
        broker.taking(command -> {
            if (command.topic().startsWith("efka/gate7/")) answer(command);
        });

        assertThat(follower(broker.connected(), LAST).history(List.of("gate7", "gate8")))
                .isFalse();

        assertThat(shown).containsExactly("gate7/cam 1");
        assertThat(failed).containsExactly("gate8 no answer within 15 s");
    }

    @Test
    void whatHappensIsShownOnceAlsoIfItHappensWhileTheJournalIsRead() throws Exception {
        happens("gate7", "1", "01");
        FleetSession session = broker.connected();
        EventFollower follower = follower(session, LAST);
        follower.follow();
        broker.taking(command -> {
            if (command.topic().endsWith("/cmd/events")) happens("gate7", "2", "02");
            answer(command);
        });
        follower.history(List.of("gate7"));
        broker.after(Duration.ofSeconds(1), () -> happens("gate7", "3", "03"));
        broker.after(Duration.ofSeconds(2), session::interrupt);

        follower.await();

        assertThat(shown).containsExactly("gate7/cam 1", "gate7/cam 2", "gate7/cam 3");
    }

    @Test
    void theSameEventOfTwoServicesIsShownForBoth() throws Exception {
        FleetSession session = broker.connected();
        EventFollower follower = follower(session, LAST);
        follower.follow();
        follower.history(List.of("gate7"));
        String text = "{\"at\":\"2026-11-27T10:00:01Z\",\"event\":\"state\",\"n\":\"1\"}";
        for (String service : List.of("cam", "door")) {
            broker.after(
                    Duration.ofSeconds(1),
                    () -> broker.send(message("efka/gate7/svc/" + service + "/event", text, Properties.NONE)));
        }
        broker.after(Duration.ofSeconds(2), session::interrupt);

        follower.await();

        assertThat(shown).containsExactly("gate7/cam 1", "gate7/door 1");
    }

    @Test
    void whatHappenedWithoutAConnectionIsAskedForAndNothingIsShownTwice() throws Exception {
        happens("gate7", "1", "01");
        FleetSession session = broker.session();
        session.outlivesLosses();
        session.connect(Duration.ofSeconds(1));
        EventFollower follower = follower(session, LAST);
        follower.follow();
        follower.history(List.of("gate7"));
        broker.after(Duration.ofSeconds(1), () -> happens("gate7", "2", "02"));
        broker.after(Duration.ofSeconds(2), broker::cut);
        broker.after(Duration.ofMillis(2_050), () -> happens("gate7", "3", "03"));
        broker.after(Duration.ofSeconds(4), () -> happens("gate7", "4", "04"));
        broker.after(Duration.ofSeconds(5), session::interrupt);

        follower.await();

        assertThat(shown).containsExactly("gate7/cam 1", "gate7/cam 2", "gate7/cam 3", "gate7/cam 4");
    }

    @Test
    void ofTooManyEventsTheNewestAreShown() throws Exception {
        page = 10_000;
        List<String> journal = journals.computeIfAbsent("gate7", name -> new ArrayList<>());
        IntStream.range(0, EventFollower.MAX_FOUND + 7)
                .forEach(i -> journal.add("{\"at\":\"2026-11-27T10:00:00Z\",\"n\":\"" + i + "\"}"));
        var query = new EventQuery(20, Optional.of("1d"), Optional.empty(), Optional.empty());

        assertThat(follower(broker.connected(), query).history(List.of("gate7")))
                .isFalse();

        assertThat(leftOut).isEqualTo(7);
        assertThat(shown).hasSize(EventFollower.MAX_FOUND).first().isEqualTo("gate7 7");
    }

    @Test
    void aDeviceWhoseAnswersLeadNowhereIsNotAskedForEver() throws Exception {
        broker.taking(command ->
                broker.reply(command, "{\"ok\":true,\"events\":[{\"n\":\"1\"}],\"next\":5,\"truncated\":true}"));
        var query = new EventQuery(20, Optional.of("1d"), Optional.empty(), Optional.empty());

        follower(broker.connected(), query).history(List.of("gate7"));

        assertThat(failed).containsExactly("gate7 its answers have no end");
    }

    @Test
    void aDeviceThatFindsNothingIsNotAskedForEver() throws Exception {
        broker.taking(command -> broker.reply(
                command,
                "{\"ok\":true,\"events\":[],\"next\":" + broker.commands().size() + ",\"truncated\":true}"));
        var query = new EventQuery(20, Optional.of("1d"), Optional.empty(), Optional.empty());

        follower(broker.connected(), query).history(List.of("gate7"));

        assertThat(failed).containsExactly("gate7 its answers have no end");
    }

    @Test
    void aDeviceThatWasOfflineIsAskedWhenItIsBack() throws Exception {
        happens("gate7", "1", "01");
        offline.add("gate7");
        FleetSession session = broker.connected();
        EventFollower follower = follower(session, LAST);
        follower.follow();
        follower.history(List.of("gate7"));
        assertThat(broker.commands()).isEmpty();
        broker.after(Duration.ofSeconds(2), () -> {
            offline.clear();
            happens("gate7", "2", "02");
        });
        broker.after(Duration.ofSeconds(4), session::interrupt);

        follower.await();

        assertThat(shown).containsExactlyInAnyOrder("gate7/cam 1", "gate7/cam 2");
    }

    @Test
    void onlyWhatMatchesIsShown() throws Exception {
        FleetSession session = broker.connected();
        var query = new EventQuery(20, Optional.empty(), Optional.empty(), Optional.of("\"n\":\"[24]\""));
        EventFollower follower = follower(session, query);
        follower.follow();
        follower.history(List.of("gate7"));
        for (int i = 1; i <= 4; i++) {
            int number = i;
            broker.after(Duration.ofSeconds(i), () -> happens("gate7", "" + number, "0" + number));
        }
        broker.after(Duration.ofSeconds(9), session::interrupt);

        follower.await();

        assertThat(shown).containsExactly("gate7/cam 2", "gate7/cam 4");
    }
}
