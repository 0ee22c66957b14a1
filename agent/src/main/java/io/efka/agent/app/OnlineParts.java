package io.efka.agent.app;

import io.efka.agent.desired.DesiredState;
import io.efka.agent.homeassistant.Discovery;
import io.efka.agent.output.Output;
import io.efka.agent.session.BrokerSession.OnlineListener;
import io.efka.agent.session.DeviceSubscriptions;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.RetainedStatuses;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.mqtt.Outbox;
import io.efka.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What publishes only while this agent speaks for the device, and what it hears and leaves at the broker beside commands. */
record OnlineParts(
        Topics topics,
        RetainedStatuses statuses,
        Outbox outbox,
        EventPublisher events,
        Output output,
        DataPublisher data,
        DesiredState desired,
        Optional<Discovery> homeAssistant) {

    /** In the order in which they are told. */
    List<OnlineListener> listeners() {
        var all = new ArrayList<OnlineListener>();
        all.add(new OnlineListener(statuses::online, statuses::offline));
        all.add(new OnlineListener(kept -> outbox.connected(), () -> {}));
        all.add(new OnlineListener(kept -> events.online(), () -> {}));
        all.add(new OnlineListener(kept -> output.connected(), output::disconnected));
        all.add(new OnlineListener(kept -> data.online(), data::offline));
        all.add(new OnlineListener(desired::online, desired::offline));
        homeAssistant.ifPresent(one -> all.add(new OnlineListener(one::online, one::offline)));
        return List.copyOf(all);
    }

    /** @param deviceCommands names of the commands of a device */
    List<Subscription> subscriptions(Set<String> deviceCommands) {
        var all = new ArrayList<>(DeviceSubscriptions.of(topics, deviceCommands));
        all.addAll(DesiredState.subscriptions(topics));
        homeAssistant.ifPresent(one -> all.addAll(one.subscriptions()));
        return List.copyOf(all);
    }

    /** A message that is no command. Never blocks. */
    void received(Message message) {
        statuses.received(message);
        desired.received(message);
        homeAssistant.ifPresent(one -> one.received(message));
    }

    /** Every topic on which something of this device may be retained. */
    List<String> retained() {
        var all = new ArrayList<String>(List.of(topics.device("status")));
        all.addAll(statuses.topics());
        all.addAll(data.topics());
        all.addAll(desired.topics());
        homeAssistant.ifPresent(one -> all.add(one.topic()));
        return all;
    }
}
