package io.efka.agent;

import io.efka.agent.command.CommandRouter;
import io.efka.agent.homeassistant.Discovery;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.Presence;
import io.efka.agent.telemetry.StatusBoard;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what happens on the link to those who care. Called on the link's thread; never blocks. */
final class Switchboard implements MqttLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    private final Topics topics;
    private final BrokerState state;
    private final Presence presence;
    private final StatusBoard board;
    private final CommandRouter router;
    private final Optional<Discovery> discovery;

    // Guarded by this.
    private final List<MqttLink.Inbound> held = new ArrayList<>();

    Switchboard(
            Topics topics,
            BrokerState state,
            Presence presence,
            StatusBoard board,
            CommandRouter router,
            Optional<Discovery> discovery) {
        this.topics = topics;
        this.state = state;
        this.presence = presence;
        this.board = board;
        this.router = router;
        this.discovery = discovery;
    }

    /** Commands, and what this agent itself has retained: to find what an earlier or another one left there. */
    List<MqttLink.Subscription> subscriptions() {
        var all = new ArrayList<MqttLink.Subscription>();
        for (String filter : topics.commandFilters()) all.add(new MqttLink.Subscription(filter, false));
        all.add(new MqttLink.Subscription(topics.device("status"), true));
        all.add(new MqttLink.Subscription(topics.device("svc/+/status"), true));
        discovery.ifPresent(one -> all.addAll(one.subscriptions()));
        return List.copyOf(all);
    }

    @Override
    public void connected(boolean sessionPresent) {
        state.connected();
        presence.connected(sessionPresent);
    }

    @Override
    public void disconnected(MqttLink.Loss loss) {
        offline();
        state.disconnected(loss);
        presence.disconnected(loss);
    }

    @Override
    public void received(MqttLink.Inbound inbound) {
        if (isCommand(inbound)) {
            command(inbound);
            return;
        }
        inbound.acknowledge();
        presence.received(inbound.message());
        board.received(inbound.message());
        discovery.ifPresent(one -> one.received(inbound.message()));
    }

    private static boolean isCommand(MqttLink.Inbound inbound) {
        return inbound.message().topic().contains("/cmd/");
    }

    /**
     * Until it is clear that this agent speaks for the device, commands wait unacknowledged; the broker's window bounds
     * them. Left to another agent, they reach that one with the session.
     */
    private synchronized void command(MqttLink.Inbound inbound) {
        if (presence.isOnline()) router.received(inbound);
        else held.add(inbound);
    }

    /** This agent speaks for the device: what came meanwhile is done, in order. */
    synchronized void online() {
        held.forEach(router::received);
        held.clear();
    }

    synchronized void offline() {
        held.clear();
    }
}
