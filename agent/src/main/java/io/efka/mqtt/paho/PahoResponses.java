package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What the broker answered on one connection. Paho loses or misreads parts of it; {@link ReasonCodeReader} notes here what
 * was really sent. Thread-safe.
 */
final class PahoResponses {
    @GuardedBy("this") private final Map<Integer, Integer> pubacks = new HashMap<>();

    @GuardedBy("this") private final Map<Integer, List<Integer>> subacks = new HashMap<>();

    @GuardedBy("this") private Optional<Integer> connack = Optional.empty();

    @GuardedBy("this") private Optional<Integer> olderConnack = Optional.empty();

    synchronized void puback(int packetId, int code) {
        pubacks.put(packetId, code);
    }

    /** Codes of one acknowledgement come one after the other. */
    synchronized void suback(int packetId, int code) {
        subacks.computeIfAbsent(packetId, none -> new ArrayList<>()).add(code);
    }

    synchronized void connack(int code) {
        connack = Optional.of(code);
    }

    synchronized void olderConnack(int code) {
        olderConnack = Optional.of(code);
    }

    /** The error with which a publish was answered, if it was one; forgotten once it is taken. */
    synchronized Optional<Integer> takePuback(int packetId) {
        return Optional.ofNullable(pubacks.remove(packetId));
    }

    /** The answers to a subscription, in its order; forgotten once they are taken. */
    synchronized List<Integer> takeSuback(int packetId) {
        return Optional.ofNullable(subacks.remove(packetId)).orElse(List.of());
    }

    /** The error with which the connect was answered, if it was one. */
    synchronized Optional<Integer> connack() {
        return connack;
    }

    /** The answer to a connect, of a broker that does not speak MQTT 5. */
    synchronized Optional<Integer> olderConnack() {
        return olderConnack;
    }

    /** One code for each filter that was asked for. */
    List<Integer> subscription(IMqttToken suback) {
        List<Integer> sent = takeSuback(suback.getMessageId());
        if (!sent.isEmpty() || suback.getReasonCodes() == null) return sent;
        return Arrays.stream(suback.getReasonCodes()).boxed().toList();
    }

    /** Why the broker did not take a publish; empty if it did. */
    Optional<LinkException> problem(PendingPublish pending, IMqttToken puback) {
        if (pending.message.getQos() == 0) return Optional.empty();
        return takePuback(puback.getMessageId()).map(code -> problem(pending, code));
    }

    private static LinkException problem(PendingPublish pending, int code) {
        String words = ReasonCode.words(code);
        Optional<ReasonCode> known = ReasonCode.of(code);
        if (known.filter(ReasonCode.PACKET_TOO_LARGE::equals).isPresent()) {
            return LinkException.tooLarge("packet of " + pending.bytes + " bytes: " + words);
        }
        boolean isPassing = known.filter(ReasonCode::isPassing).isPresent();
        return isPassing ? LinkException.busy(words) : LinkException.refused(words);
    }

    /** Paho reads this field of two bytes as a signed number. */
    static int receiveMaximum(MqttProperties granted) {
        Integer read = granted.getReceiveMaximum();
        return read == null ? 0xFFFF : read & 0xFFFF;
    }

    static long maxPacket(MqttProperties granted) {
        Long read = granted.getMaximumPacketSize();
        return read == null ? Long.MAX_VALUE : read;
    }
}
