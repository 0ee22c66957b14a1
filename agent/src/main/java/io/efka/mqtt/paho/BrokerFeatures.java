package io.efka.mqtt.paho;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The features that one broker is known to lack, each logged once. Changed on the link's thread, read on any. */
final class BrokerFeatures {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    private final URI broker;
    private final Set<Missing> missing = ConcurrentHashMap.newKeySet();
    private final Set<Missing> logged = ConcurrentHashMap.newKeySet();

    BrokerFeatures(URI broker) {
        this.broker = broker;
    }

    /** A feature that Efka uses, and what happens without it. */
    enum Missing {
        RETAIN("no retained messages: statuses are published without retain, so later subscribers do not see them"),
        QOS_1("only QoS 0: messages lost on the way are not sent again"),
        WILDCARDS("no wildcard subscriptions: only commands on topics known in advance can be received");

        private final String words;

        Missing(String words) {
            this.words = words;
        }
    }

    /** The broker accepted the connection with these properties. */
    void granted(MqttProperties granted) {
        Integer qos = granted.getMaximumQoS();
        Boolean retain = granted.isRetainAvailable();
        set(Missing.QOS_1, qos != null && qos == 0);
        set(Missing.RETAIN, retain != null && !retain);
        set(Missing.WILDCARDS, !granted.isWildcardSubscriptionsAvailable());
    }

    /** The broker refused the connection. The will may have asked for a feature that it lacks. */
    void refused(ReasonCode code) {
        if (code == ReasonCode.NO_RETAIN) set(Missing.RETAIN, true);
        if (code == ReasonCode.NO_QOS) set(Missing.QOS_1, true);
    }

    private void set(Missing feature, boolean isMissing) {
        if (!isMissing) missing.remove(feature);
        else if (missing.add(feature) && logged.add(feature)) log.warn("broker={} has {}", broker, feature.words);
    }

    boolean lacks(Missing feature) {
        return missing.contains(feature);
    }

    /** For {@code info}: the missing features in words. */
    List<String> describe() {
        return missing.stream().sorted().map(feature -> feature.words).toList();
    }
}
