package io.efka.it.proxy;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which packets a quirk is about.
 *
 * @param type empty: every type
 * @param what all else that must be so
 */
public record Match(Direction direction, Optional<PacketType> type, Predicate<Subject> what) {
    /**
     * A packet in its place.
     *
     * @param topic of a PUBLISH, or of the PUBLISH that the packet answers; empty for all else
     * @param inFlight unacknowledged messages that way, the packet among them
     */
    record Subject(Packet packet, Optional<String> topic, int inFlight) {}

    /** Whatever goes that way. */
    public static Match any(Direction direction) {
        return new Match(direction, Optional.empty(), subject -> true);
    }

    public static Match fromClient(PacketType type) {
        return new Match(Direction.FROM_CLIENT, Optional.of(type), subject -> true);
    }

    public static Match fromBroker(PacketType type) {
        return new Match(Direction.FROM_BROKER, Optional.of(type), subject -> true);
    }

    /** A PUBLISH of the client's to such a topic. */
    public static Match publish(String filter) {
        return fromClient(PacketType.PUBLISH).about(filter);
    }

    /** Only what is about such a topic; {@code +} and {@code #} as in MQTT. */
    public Match about(String filter) {
        return and(subject ->
                subject.topic().filter(topic -> covers(filter, topic)).isPresent());
    }

    /** Only a PUBLISH at that QoS. */
    public Match atQos(int qos) {
        return and(subject -> subject.packet().qos() == qos);
    }

    /** Only packets for which this holds. */
    public Match where(Predicate<Packet> wanted) {
        return and(subject -> wanted.test(subject.packet()));
    }

    private Match and(Predicate<Subject> more) {
        return new Match(direction, type, what.and(more));
    }

    /** Only if more messages than this are unacknowledged. */
    Match beyond(int messages) {
        return and(subject -> subject.inFlight() > messages);
    }

    boolean covers(Direction way, Subject subject) {
        return way == direction
                && type.filter(wanted -> wanted != subject.packet().type()).isEmpty()
                && what.test(subject);
    }

    static boolean covers(String filter, String topic) {
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) return true;
            if (i == levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) return false;
        }
        return wanted.length == levels.length;
    }
}
