package io.efka.agent.paho;

import io.efka.agent.wire.LinkException;
import io.efka.agent.wire.MqttLink.Subscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Reads what the broker answers, past Paho's mistakes. */
final class Answers {
    private static final int REFUSED = 0x80;

    private Answers() {}

    /** The filters that were refused, each with its reason code. */
    static Map<String, Integer> refusals(List<Subscription> asked, IMqttToken suback) {
        var refused = new LinkedHashMap<String, Integer>();
        int[] codes = suback.getReasonCodes();
        if (codes == null) return refused;
        for (int i = 0; i < Math.min(codes.length, asked.size()); i++) {
            if (codes[i] >= REFUSED) refused.put(asked.get(i).filter(), codes[i]);
        }
        return refused;
    }

    static Optional<LinkException> refusal(Pending pending, IMqttToken token) {
        int[] codes = token.getReasonCodes();
        if (codes == null || codes.length == 0 || codes[0] < REFUSED) return Optional.empty();
        return Optional.of(LinkException.refused(
                "the broker refused a message to " + pending.topic + ", reason code " + codes[0]));
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

    static MqttSubscription toPaho(Subscription wanted) {
        var subscription = new MqttSubscription(wanted.filter(), 1);
        subscription.setRetainHandling(wanted.retained() ? 0 : 2);
        subscription.setRetainAsPublished(true);
        return subscription;
    }
}
