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
 * A Paho client for one connection, with its own connection state. It is never used again.
 *
 * <p>Paho copies what the broker grants into its state and mishandles two grants. It uses a topic alias for every
 * publish, and it reads a receive maximum above 32,767 as negative and then refuses everything. Its copy goes into a
 * state that nothing reads; the state here takes over only what is safe.
 */
final class FreshClient extends MqttAsyncClient {
    private final MqttConnectionState state;
    private final NetworkModule network;

    FreshClient(String clientId, NetworkModule network, LinkPings pings, ExecutorService threads) throws MqttException {
        // Paho needs a URI, but the network module has the address.
        super("tcp://unused", clientId, new MemoryPersistence(), pings, null);
        this.state = new MqttConnectionState(clientId);
        // Twice what Outgoing hands over, so never a limit. Paho sizes its tables by it (65,535 by default).
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

    /** Sends a PINGREQ now. Paho's {@code checkPing} sends one only when the keep-alive is due. */
    void ping(MqttActionListener answer) throws MqttException {
        var token = new MqttToken(getClientId());
        token.setActionCallback(answer);
        comms.sendNoWait(new MqttPingReq(), token);
    }

    /** Takes over what the CONNACK grants, as far as it is safe. */
    void accept(MqttProperties granted) {
        state.setMaximumQoS(granted.getMaximumQoS());
        state.setRetainAvailable(granted.isRetainAvailable());
        Integer keepAlive = granted.getServerKeepAlive();
        if (keepAlive != null) state.setKeepAliveSeconds(keepAlive);
    }
}
