package io.efka.mqtt.paho;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.paho.BrokerFeatures.Missing;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** The options of a connection: what the CONNECT packet says. */
final class ConnectOptions {
    // How long the broker keeps queued commands for a device that is away: a night or a day, not a holiday.
    static final long SESSION_EXPIRY_SECONDS = 24 * 3600;
    // A device that reconnects sooner is never seen as offline. Covers two waits of the backoff (at most 1 and 2 s) and
    // two connects of 0.3 s.
    static final long WILL_DELAY_SECONDS = 5;
    static final int KEEP_ALIVE_SECONDS = 30;
    // How many commands may be unacknowledged; further ones wait at the broker.
    static final int RECEIVE_MAXIMUM = 100;
    // A command has 256 KiB at most. A larger one up to this size is received and answered with an error. The broker
    // drops what is larger still: a heap of 32 MiB is safe from it.
    static final long MAX_PACKET_BYTES = 1 << 20;

    private ConnectOptions() {}

    /**
     * @param cleanStart true: the broker deletes the session and the messages queued in it
     * @param features what the broker is known to lack: the will does without it
     * @throws LinkException when the password file cannot be read
     */
    static MqttConnectionOptions of(PahoLink.Config config, boolean cleanStart, BrokerFeatures features)
            throws LinkException {
        var options = new MqttConnectionOptions();
        boolean isVisitor = config.will().isEmpty();
        options.setCleanStart(cleanStart || isVisitor);
        options.setSessionExpiryInterval(isVisitor ? 0 : SESSION_EXPIRY_SECONDS);
        options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        options.setReceiveMaximum(isVisitor ? MqttLink.VISITOR_MESSAGES : RECEIVE_MAXIMUM);
        options.setMaximumPacketSize(MAX_PACKET_BYTES);
        options.setAutomaticReconnect(false);
        config.broker().username().ifPresent(options::setUserName);
        config.credentials().password().ifPresent(options::setPassword);
        config.will().ifPresent(will -> addWill(options, will.get(), features));
        return options;
    }

    private static void addWill(MqttConnectionOptions options, Message will, BrokerFeatures features) {
        MqttProperties properties = PendingPublish.encode(will.properties());
        properties.setWillDelayInterval(WILL_DELAY_SECONDS);
        options.setWillMessageProperties(properties);
        int qos = features.lacks(Missing.QOS_1) ? 0 : will.qos();
        boolean retain = will.retain() && !features.lacks(Missing.RETAIN);
        var message = new MqttMessage(will.payload(), qos, retain, new MqttProperties());
        options.setWill(will.topic(), message);
    }
}
