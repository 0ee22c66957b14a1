package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Subscription;
import io.efka.mqtt.RetryDelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/**
 * The subscriptions of one connection: which the broker has accepted, which it has refused, and when to ask for those
 * again. Confined to the link's thread.
 */
final class Subscriptions {
    private final List<Subscription> wanted;
    private final int qos;
    private final RetryDelay delay;
    private final Set<String> accepted = new HashSet<>();
    private final Map<String, String> refused = new LinkedHashMap<>();
    private Optional<Long> askAt = Optional.empty();
    private boolean wildcards;

    Subscriptions(List<Subscription> subscriptions, BrokerFeatures features, RetryDelay delay) {
        this.wanted = List.copyOf(subscriptions);
        this.qos = features.lacks(BrokerFeatures.Missing.QOS_1) ? 0 : 1;
        this.delay = delay;
        this.wildcards = true;
        if (features.lacks(BrokerFeatures.Missing.WILDCARDS)) doWithoutWildcards();
    }

    private void doWithoutWildcards() {
        wildcards = false;
        for (Subscription one : wanted) {
            if (topics(one).isEmpty()) refused.put(one.filter(), ReasonCode.NO_WILDCARDS.words());
        }
    }

    /** The topics to ask for; none if the broker cannot serve the subscription. */
    private List<String> topics(Subscription subscription) {
        return wildcards || !hasWildcard(subscription) ? List.of(subscription.filter()) : subscription.topics();
    }

    private static boolean hasWildcard(Subscription subscription) {
        String filter = subscription.filter();
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
    }

    /** What the broker has not accepted, in Paho's form. */
    List<MqttSubscription> missing() {
        askAt = Optional.empty();
        var missing = new ArrayList<MqttSubscription>();
        for (Subscription one : wanted) {
            for (String topic : topics(one)) {
                if (!accepted.contains(topic)) missing.add(toPaho(topic, qos, one.retained()));
            }
        }
        return missing;
    }

    /** A subscription in Paho's form. */
    static MqttSubscription toPaho(String topic, int qos, boolean retained) {
        var subscription = new MqttSubscription(topic, qos);
        subscription.setRetainHandling(retained ? 0 : 2);
        subscription.setRetainAsPublished(true);
        return subscription;
    }

    /** The filters that the broker refused, each with the reason in words. */
    static Map<String, String> refusals(List<String> asked, List<Integer> codes) {
        var refusals = new LinkedHashMap<String, String>();
        for (int i = 0; i < Math.min(asked.size(), codes.size()); i++) {
            if (ReasonCode.isError(codes.get(i))) refusals.put(asked.get(i), ReasonCode.words(codes.get(i)));
        }
        return refusals;
    }

    /** The broker has answered, with one code for each. */
    void answered(List<MqttSubscription> asked, List<Integer> codes, long now) {
        for (int i = 0; i < asked.size(); i++) {
            String topic = asked.get(i).getTopic();
            int code = i < codes.size() ? codes.get(i) : 0;
            if (ReasonCode.NO_WILDCARDS.is(code) && wildcards) doWithoutWildcards();
            if (ReasonCode.isError(code)) {
                refused.put(topic, ReasonCode.words(code));
            } else {
                refused.remove(topic);
                accepted.add(topic);
            }
        }
        if (!wildcards) refused.keySet().removeIf(this::isServedOtherwise);
        boolean isComplete = wanted.stream().allMatch(one -> accepted.containsAll(topics(one)));
        if (!isComplete) askAt = Optional.of(now + delay.next().toNanos());
    }

    private boolean isServedOtherwise(String filter) {
        return wanted.stream()
                .anyMatch(one -> one.filter().equals(filter)
                        && !topics(one).isEmpty()
                        && !topics(one).contains(filter));
    }

    /** Whether all essential subscriptions are accepted. One that the broker cannot serve does not count. */
    boolean essentialsAccepted() {
        return wanted.stream().filter(Subscription::essential).allMatch(one -> accepted.containsAll(topics(one)));
    }

    /** The refused filters, each with the reason in words. */
    Map<String, String> refused() {
        return Map.copyOf(refused);
    }

    /** Whether it is time to ask again for what was refused. */
    boolean isDue(long now) {
        return askAt.filter(at -> now - at >= 0).isPresent();
    }

    /** How long until {@link #isDue}; empty if everything is accepted. */
    Optional<Duration> untilDue(long now) {
        return askAt.map(at -> Duration.ofNanos(Math.max(0, at - now)));
    }
}
