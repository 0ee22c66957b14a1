package io.efka.mqtt.paho;

import io.efka.mqtt.LinkException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Reads what the broker answers, past Paho's mistakes. */
final class PahoResponses {
    private PahoResponses() {}

    /** One code for each filter that was asked for. */
    static List<Integer> subscription(ReasonCodes codes, IMqttToken suback) {
        List<Integer> sent = codes.takeSuback(suback.getMessageId());
        if (!sent.isEmpty() || suback.getReasonCodes() == null) return sent;
        return Arrays.stream(suback.getReasonCodes()).boxed().toList();
    }

    /** What the broker has against a publish, if anything. */
    static Optional<LinkException> problem(PendingPublish pending, ReasonCodes codes, IMqttToken puback) {
        if (pending.message.getQos() == 0) return Optional.empty();
        return codes.takePuback(puback.getMessageId()).map(code -> problem(pending, code));
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
