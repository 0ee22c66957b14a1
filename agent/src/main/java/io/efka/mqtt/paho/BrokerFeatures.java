package io.efka.mqtt.paho;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one broker cannot do, as far as is known, each said once. Changed on the link's thread, read on any. */
final class BrokerFeatures {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    private final URI broker;
    private final Set<Missing> missing = ConcurrentHashMap.newKeySet();
    private final Set<Missing> said = ConcurrentHashMap.newKeySet();

    BrokerFeatures(URI broker) {
        this.broker = broker;
    }

    /** A feature that Efka uses, and what it does without it. */
    enum Missing {
        RETAIN(
                "no retained messages: statuses are published without retain, and who subscribes later does not see them"),
        QOS_1("QoS 0 only: what is lost on the way is not sent again"),
        WILDCARDS("no wildcard subscriptions: only commands with a topic that is known beforehand can be received");

        private final String words;

        Missing(String words) {
            this.words = words;
        }
    }

    /** What the broker said when it accepted the connection. */
    void granted(MqttProperties granted) {
        Integer qos = granted.getMaximumQoS();
        Boolean retain = granted.isRetainAvailable();
        set(Missing.QOS_1, qos != null && qos == 0);
        set(Missing.RETAIN, retain != null && !retain);
        set(Missing.WILDCARDS, !granted.isWildcardSubscriptionsAvailable());
    }

    /** What the broker said when it refused the connection: the will asked for something that it does not have. */
    void refused(ReasonCode code) {
        if (code == ReasonCode.NO_RETAIN) set(Missing.RETAIN, true);
        if (code == ReasonCode.NO_QOS) set(Missing.QOS_1, true);
    }

    private void set(Missing feature, boolean isMissing) {
        if (!isMissing) missing.remove(feature);
        else if (missing.add(feature) && said.add(feature)) log.warn("broker={} has {}", broker, feature.words);
    }

    boolean lacks(Missing feature) {
        return missing.contains(feature);
    }

    List<String> describe() {
        return missing.stream().sorted().map(feature -> feature.words).toList();
    }
}
