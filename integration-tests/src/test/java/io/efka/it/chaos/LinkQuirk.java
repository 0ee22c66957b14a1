package io.efka.it.chaos;

import static io.efka.it.proxy.Match.fromBroker;
import static io.efka.it.proxy.Match.publish;
import static io.efka.it.proxy.PacketType.PUBACK;
import static io.efka.it.proxy.PacketType.PUBLISH;

import io.efka.it.proxy.Announcement;
import io.efka.it.proxy.Quirk;
import io.efka.it.proxy.Quirks;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the proxy between agent and broker does for some seconds. None of it is an excuse: nothing that the agent sent is
 * taken away after it was acknowledged, and no command that the broker gave out gets lost on a connection that goes on.
 */
enum LinkQuirk {
    OUTPUT_UNACKNOWLEDGED(
            "acknowledgements of output lost",
            () -> List.of(Quirks.drop(fromBroker(PUBACK).about(Topics.OUTPUT)).times(70))),
    REPLIES_UNACKNOWLEDGED(
            "acknowledgements of replies lost",
            () -> List.of(Quirks.drop(fromBroker(PUBACK).about(Topics.REPLIES)).times(5))),
    EVENTS_UNACKNOWLEDGED(
            "acknowledgements of events lost",
            () -> List.of(Quirks.drop(fromBroker(PUBACK).about(Topics.EVENTS)).times(8))),
    OUTPUT_OVER_QUOTA(
            "output refused with 0x97",
            () -> List.of(Quirks.publishRefused(publish(Topics.OUTPUT), Quirks.QUOTA_EXCEEDED)
                    .times(10))),
    REPLIES_REFUSED(
            "replies refused with 0x80",
            () -> List.of(Quirks.publishRefused(publish(Topics.REPLIES), Quirks.UNSPECIFIED)
                    .times(2))),
    COMMANDS_LATE("commands late", () -> List.of(Quirks.delay(fromBroker(PUBLISH), Duration.ofMillis(500)))),
    CUT_AGAIN_AND_AGAIN("cut every second", () -> List.of(Quirks.cutEvery(Duration.ofSeconds(1)))),
    CUT_AT_OUTPUT(
            "cut at output",
            () -> List.of(Quirks.cutAfter(publish(Topics.OUTPUT)).after(20).times(2))),
    // Once: a message that ends several connections may be given up.
    CUT_AT_A_REPLY(
            "cut before a reply",
            () -> List.of(Quirks.cutBefore(publish(Topics.REPLIES)).times(1))),
    HALF_OPEN("half-open", Quirks::halfOpen),
    SUBSCRIPTIONS_REFUSED(
            "subscriptions refused",
            () -> List.of(
                    Quirks.subscriptionRefused(filter -> true, Quirks.UNSPECIFIED),
                    Quirks.cutEvery(Duration.ofSeconds(2)))),
    NOBODY_LISTENS("connections refused", () -> List.of(Quirks.connectionRefused())),
    SMALL_PACKETS(
            "packets of 3,000 bytes at most",
            () -> List.of(
                    Quirks.announce(Announcement.MAXIMUM_PACKET_SIZE, 3_000),
                    Quirks.packetSizeLimit(3_000),
                    Quirks.cutEvery(Duration.ofSeconds(2)))),
    FEW_AT_A_TIME(
            "five messages at a time",
            () -> List.of(
                    Quirks.announce(Announcement.RECEIVE_MAXIMUM, 5),
                    Quirks.receiveMaximum(5),
                    Quirks.cutEvery(Duration.ofSeconds(2))));

    private final String words;
    private final Supplier<List<Quirk>> quirks;

    LinkQuirk(String words, Supplier<List<Quirk>> quirks) {
        this.words = words;
        this.quirks = quirks;
    }

    String words() {
        return words;
    }

    /** Fresh ones. */
    List<Quirk> quirks() {
        return quirks.get();
    }

    private static final class Topics {
        static final String OUTPUT = "efka/+/svc/+/stdout";
        static final String EVENTS = "efka/+/svc/+/event";
        static final String REPLIES = "chaos/+/replies";
    }
}
