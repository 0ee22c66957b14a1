package io.efka.fleet.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.threads.ExitCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String OK = "{\"ok\":true,\"state\":\"running\"}";

    private final FakeFleetBroker broker = new FakeFleetBroker();
    private final List<Reply> replies = new ArrayList<>();

    private List<Address> send(FleetSession session, int count) throws Exception {
        List<Request> requests = IntStream.range(0, count)
                .mapToObj(i -> new Request(address(i), "restart", new JsonObject()))
                .toList();
        return new Requests(session).send(requests, LIMIT, replies::add);
    }

    private static Address address(int device) {
        return new Address("dev" + device, Optional.of("cam"));
    }

    private void reply(Message command, String topic, String text) {
        var properties = new Message.Properties(
                Optional.empty(),
                Optional.empty(),
                command.properties().correlationData(),
                java.util.OptionalLong.empty(),
                List.of());
        broker.send(new Message(topic, text.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    private void reply(Message command, String text) {
        reply(command, command.properties().responseTopic().orElseThrow(), text);
    }

    private static String id(Message command) {
        return new String(command.properties().correlationData().orElseThrow(), StandardCharsets.UTF_8);
    }

    @Test
    void eachAddressIsAskedOnceUnderAnIdOfItsOwnThatExpires() throws Exception {
        broker.taking(command -> reply(command, OK));

        assertThat(send(broker.connected(), 3)).isEmpty();

        assertThat(broker.commands())
                .extracting(Message::topic)
                .containsExactly(
                        "efka/dev0/svc/cam/cmd/restart",
                        "efka/dev1/svc/cam/cmd/restart",
                        "efka/dev2/svc/cam/cmd/restart");
        assertThat(broker.commands()).extracting(RequestsTest::id).doesNotHaveDuplicates();
        assertThat(broker.commands())
                .allSatisfy(command -> assertThat(
                                command.properties().expirySeconds().orElse(0))
                        .isBetween(LIMIT.toSeconds() - 2, LIMIT.toSeconds()))
                .allSatisfy(command -> assertThat(command.retain()).isFalse());
        assertThat(replies).extracting(Reply::from).containsExactly(address(0), address(1), address(2));
        assertThat(replies).allMatch(Reply::isOk);
    }

    @Test
    void noMoreThanTwoHundredWaitForTheirRepliesAtOnce() throws Exception {
        var open = new HashSet<String>();
        var most = new ArrayList<Integer>();
        broker.taking(command -> {
            open.add(id(command));
            most.add(open.size());
            broker.after(Duration.ofMillis(50), () -> {
                open.remove(id(command));
                reply(command, OK);
            });
        });

        assertThat(send(broker.connected(), 1_000)).isEmpty();

        assertThat(replies).hasSize(1_000);
        assertThat(most).allMatch(count -> count <= 200);
        assertThat(broker.dropped()).isZero();
    }

    @Test
    void whatIsNoReplyOfTheOneThatWasAskedIsIgnored() throws Exception {
        broker.taking(command -> {
            reply(command, "efka/dev9/reply/efka-cli-1", OK);
            reply(command, "efka/dev0/reply/efka-cli-2", OK);
            reply(command, "efka/dev0/svc/cam/reply/efka-cli-1", OK);
            reply(command, "[true]");
            reply(command, "{\"ok\":");
            reply(command, "{\"ok\":false,\"error\":{\"code\":\"not_found\",\"message\":\"no such service\"}}");
        });

        assertThat(send(broker.connected(), 1)).isEmpty();

        assertThat(replies).singleElement().satisfies(reply -> {
            assertThat(reply.isOk()).isFalse();
            assertThat(reply.code()).contains("not_found");
            assertThat(reply.message()).contains("no such service");
        });
    }

    @Test
    void aSecondReplyIsOfNoInterest() throws Exception {
        broker.taking(command -> {
            reply(command, OK);
            reply(command, OK);
        });

        assertThat(send(broker.connected(), 2)).isEmpty();

        assertThat(replies).hasSize(2);
    }

    @Test
    void whoeverDoesNotAnswerIsNamed() throws Exception {
        broker.taking(command -> {
            if (!command.topic().startsWith("efka/dev1/")) reply(command, OK);
        });

        assertThat(send(broker.connected(), 3)).containsExactly(address(1));
        assertThat(replies).hasSize(2);
    }

    @Test
    void whoDoesNotAnswerHoldsUpNobody() throws Exception {
        var first = new ArrayList<Message>();
        broker.taking(command -> {
            if (first.size() >= 300) reply(command, OK);
            else first.add(command);
        });
        broker.after(Duration.ofSeconds(15), () -> reply(first.get(0), OK));

        assertThat(send(broker.connected(), 500)).hasSize(299);

        assertThat(replies).hasSize(201).extracting(Reply::from).contains(address(0), address(499));
    }

    @Test
    void whatWasNeverSentIsToldFromWhatWasNotAnswered() throws Exception {
        var requests = new Requests(broker.connected());
        List<Request> all = IntStream.range(0, 2_000)
                .mapToObj(i -> new Request(address(i), "restart", new JsonObject()))
                .toList();

        assertThat(requests.send(all, LIMIT, replies::add)).hasSize(2_000);

        assertThat(broker.commands()).hasSizeLessThan(2_000);
        assertThat(requests.unsent())
                .hasSize(2_000 - broker.commands().size())
                .contains(address(1_999))
                .doesNotContain(address(0));
    }

    @Test
    void aLateReplyDoesNotAnswerTheNextQuestion() throws Exception {
        var late = new ArrayList<Message>();
        broker.taking(late::add);
        FleetSession session = broker.connected();
        var requests = new Requests(session);
        var request = List.of(new Request(address(0), "restart", new JsonObject()));
        assertThat(requests.send(request, LIMIT, replies::add)).hasSize(1);

        broker.taking(command -> reply(late.get(0), OK));

        assertThat(requests.send(request, LIMIT, replies::add)).hasSize(1);
        assertThat(replies).isEmpty();
    }

    @Test
    void aRefusedCommandIsSaid() throws Exception {
        broker.refusingPublish(topic -> topic.startsWith("efka/dev1/"));

        assertThatThrownBy(() -> send(broker.connected(), 3))
                .isInstanceOfSatisfying(
                        FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NOT_ALLOWED))
                .hasMessage("the command to dev1/cam was not sent: not authorised");
    }

    @Test
    void anInterruptEndsTheWaitAndNamesTheRest() throws Exception {
        FleetSession session = broker.connected();
        broker.taking(command -> {
            reply(command, OK);
            if (replies.size() == 1) session.interrupt();
        });

        assertThat(send(session, 500)).isNotEmpty();
    }

    @Test
    void nothingIsSentAfterAnInterrupt() throws Exception {
        FleetSession session = broker.connected();
        session.interrupt();

        assertThatThrownBy(() -> send(session, 1))
                .isInstanceOfSatisfying(
                        FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.INTERRUPTED));
        assertThat(broker.commands()).isEmpty();
    }

    @Test
    void aLostConnectionEndsACommandThatDoesNotOutliveIt() throws Exception {
        broker.taking(command -> broker.cut());

        assertThatThrownBy(() -> send(broker.connected(), 1))
                .isInstanceOfSatisfying(
                        FleetException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNAVAILABLE));
    }

    @Test
    void whatWasUnderWayIsSentAgainUnderItsIdAfterALoss() throws Exception {
        FleetSession session = broker.connected();
        session.outlivesLosses();
        var sent = new ArrayList<String>();
        broker.taking(command -> {
            sent.add(id(command));
            if (sent.size() == 3) broker.cut();
            if (sent.size() > 6) reply(command, OK);
            if (sent.size() == 6) broker.cut();
        });

        assertThat(send(session, 3)).isEmpty();

        assertThat(replies).hasSize(3);
        assertThat(new HashSet<>(sent)).hasSize(3);
    }

    @Test
    void whatIsAskedWithoutAConnectionIsSentWhenThereIsOne() throws Exception {
        FleetSession session = broker.connected();
        session.outlivesLosses();
        broker.taking(command -> reply(command, OK));
        broker.setReachable(false);
        broker.after(Duration.ofSeconds(5), () -> broker.setReachable(true));

        assertThat(send(session, 3)).isEmpty();
        assertThat(replies).hasSize(3);
    }
}
