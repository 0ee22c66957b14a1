package io.efka.agent;

import io.efka.agent.homeassistant.Discovery;
import io.efka.agent.output.Output;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.Presence;
import io.efka.agent.telemetry.StatusBoard;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Outbox;
import java.time.Duration;
import java.util.Optional;

/** Those who publish only while this agent speaks for the device. {@code commands} hears of it last. */
record Speakers(
        StatusBoard board,
        Outbox outbox,
        EventPublisher events,
        Output output,
        DataPublisher data,
        Optional<Discovery> discovery,
        MqttLink link,
        Runnable commands)
        implements Presence.Listener {
    @Override
    public void online(boolean sessionPresent) {
        board.online(sessionPresent);
        outbox.connected();
        events.online();
        output.connected();
        data.online();
        discovery.ifPresent(one -> one.online(sessionPresent));
        commands.run();
    }

    @Override
    public void offline() {
        board.offline();
        output.disconnected();
        data.offline();
        discovery.ifPresent(Discovery::offline);
    }

    @Override
    public void holdOff(Duration pause) {
        link.holdOff(pause);
    }
}
