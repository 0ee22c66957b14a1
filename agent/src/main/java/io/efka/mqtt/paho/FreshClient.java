package io.efka.mqtt.paho;

import java.util.concurrent.ExecutorService;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttToken;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;
import org.eclipse.paho.mqttv5.client.internal.MqttConnectionState;
import org.eclipse.paho.mqttv5.client.internal.MqttSessionState;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttPingReq;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * A Paho client for one connection, never used again, with a connection state that is ours.
 *
 * <p>Paho copies the broker's grants into its own state, and is wrong with two of them: a topic alias, which it would
 * then use for every publish, and a receive maximum above 32,767, which it reads as negative and refuses everything
 * for. That copy goes to the state nobody looks at; of the grants, this one takes only those that are safe.
 */
final class FreshClient extends MqttAsyncClient {
    private final MqttConnectionState state;
    private final NetworkModule network;

    FreshClient(String clientId, NetworkModule network, LinkPings pings, ExecutorService threads) throws MqttException {
        // The URI is not used: the network module knows where to go.
        super("tcp://unused", clientId, new MemoryPersistence(), pings, null);
        this.state = new MqttConnectionState(clientId);
        // Twice what Outgoing hands over: never a limit, but Paho sizes its tables by it (65,535 places by default).
        this.state.setReceiveMaximum(2 * Outgoing.MAX_WINDOW);
        this.network = network;
        var session = new MqttSessionState();
        session.setClientId(clientId);
        var persistence = new MemoryPersistence();
        persistence.open(clientId);
        this.comms = new ClientComms(this, persistence, pings, threads, session, state);
    }

    @Override
    protected NetworkModule[] createNetworkModules(String address, MqttConnectionOptions options) {
        return new NetworkModule[] {network};
    }

    /** Sends a PINGREQ now. Paho has no other way: {@code checkPing} sends one only when the keep-alive is due. */
    void ping(MqttActionListener answer) throws MqttException {
        var token = new MqttToken(getClientId());
        token.setActionCallback(answer);
        comms.sendNoWait(new MqttPingReq(), token);
    }

    /** Takes over what the broker said in its CONNACK. */
    void accept(MqttProperties granted) {
        state.setMaximumQoS(granted.getMaximumQoS());
        state.setRetainAvailable(granted.isRetainAvailable());
        Integer keepAlive = granted.getServerKeepAlive();
        if (keepAlive != null) state.setKeepAliveSeconds(keepAlive);
    }
}
