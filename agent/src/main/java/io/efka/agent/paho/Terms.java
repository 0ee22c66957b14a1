package io.efka.agent.paho;

import io.efka.agent.wire.BrokerSettings;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink.Listener;
import io.efka.agent.wire.MqttLink.Subscription;
import java.util.List;

/** What is the same for every connection of a link. */
record Terms(
        BrokerSettings broker,
        Message will,
        List<Subscription> subscriptions,
        Listener listener,
        RefusedFilters refusedFilters) {
    Terms {
        subscriptions = List.copyOf(subscriptions);
    }
}
