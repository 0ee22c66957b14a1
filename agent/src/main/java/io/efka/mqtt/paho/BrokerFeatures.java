package io.efka.mqtt.paho;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The features that one broker is known to lack, each logged once. Changed on the link's thread, read on any. */
final class BrokerFeatures {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    private final URI broker;
    private final Set<Missing> missing = ConcurrentHashMap.newKeySet();
    private final Set<Missing> logged = ConcurrentHashMap.newKeySet();
    private volatile Map<String, Long> granted = Map.of();

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
    void granted(MqttProperties properties) {
        Integer qos = properties.getMaximumQoS();
        Boolean retain = properties.isRetainAvailable();
        set(Missing.QOS_1, qos != null && qos == 0);
        set(Missing.RETAIN, retain != null && !retain);
        set(Missing.WILDCARDS, !properties.isWildcardSubscriptionsAvailable());
        granted = read(properties);
    }

    private static Map<String, Long> read(MqttProperties properties) {
        var read = new TreeMap<String, Long>();
        put(read, "maximum_qos", properties.getMaximumQoS());
        put(read, "maximum_packet_size", properties.getMaximumPacketSize());
        put(read, "topic_alias_maximum", properties.getTopicAliasMaximum());
        put(read, "server_keep_alive", properties.getServerKeepAlive());
        put(read, "session_expiry_interval", properties.getSessionExpiryInterval());
        if (properties.getReceiveMaximum() != null) {
            read.put("receive_maximum", (long) PahoResponses.receiveMaximum(properties));
        }
        Boolean retain = properties.isRetainAvailable();
        if (retain != null) read.put("retain_available", retain ? 1L : 0);
        read.put("wildcard_subscription_available", properties.isWildcardSubscriptionsAvailable() ? 1L : 0);
        read.put("shared_subscription_available", properties.isSharedSubscriptionAvailable() ? 1L : 0);
        return Map.copyOf(read);
    }

    private static void put(Map<String, Long> into, String name, @Nullable Number value) {
        if (value != null) into.put(name, value.longValue());
    }

    /** What the broker has granted last; see {@link io.efka.mqtt.VisitorLink#granted}. */
    Map<String, Long> granted() {
        return granted;
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
