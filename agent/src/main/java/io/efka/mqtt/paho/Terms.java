package io.efka.mqtt.paho;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.mqtt.MqttLink.Subscription;
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
