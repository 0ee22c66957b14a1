package io.efka.agent.app;

import io.efka.agent.homeassistant.Discovery;
import io.efka.agent.output.Output;
import io.efka.agent.session.BrokerSession.OnlineListener;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.RetainedStatuses;
import io.efka.mqtt.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What publishes only while this agent speaks for the device. */
record OnlineParts(
        RetainedStatuses statuses,
        Outbox outbox,
        EventPublisher events,
        Output output,
        DataPublisher data,
        Optional<Discovery> homeAssistant) {

    /** In the order in which they are told. */
    List<OnlineListener> listeners() {
        var all = new ArrayList<OnlineListener>();
        all.add(new OnlineListener(statuses::online, statuses::offline));
        all.add(new OnlineListener(kept -> outbox.connected(), () -> {}));
        all.add(new OnlineListener(kept -> events.online(), () -> {}));
        all.add(new OnlineListener(kept -> output.connected(), output::disconnected));
        all.add(new OnlineListener(kept -> data.online(), data::offline));
        homeAssistant.ifPresent(one -> all.add(new OnlineListener(one::online, one::offline)));
        return List.copyOf(all);
    }
}
