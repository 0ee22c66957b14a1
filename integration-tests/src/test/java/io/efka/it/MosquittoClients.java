package io.efka.it;

import java.nio.file.Path;
import java.util.List;

/** Mosquitto's command line clients, or a stand-in for them on a machine that has none. */
interface MosquittoClients {

    /** The real ones where they are installed; says on stdout where they are not. */
    static MosquittoClients at(TestBroker broker) {
        boolean installed = List.of("mosquitto_pub", "mosquitto_sub", "mosquitto_rr").stream()
                .allMatch(Brokers::isOnPath);
        if (installed) return new InstalledClients(broker.port());
        System.out.println(
                "[clients] mosquitto_pub, _sub and _rr are not on the PATH: a Java client stands in for them");
        return new StandInClients(broker.uri());
    }

    /** {@code mosquitto_pub -n}: an empty message. */
    void publishNothing(String topic);

    /** {@code mosquitto_pub -f}: a file as the message. */
    void publishFile(String topic, Path file);

    /** {@code mosquitto_pub -V mqttv311 -q 1 -m}: as a client of before MQTT 5 does. */
    void publishAsOldClient(String topic, String message);

    /** {@code mosquitto_rr}: a request, and the reply's payload. An empty message is sent with {@code -n}. */
    String request(String topic, String message);

    /** {@code mosquitto_sub -N}: the payloads one behind the other, until it is closed. It may not be subscribed yet. */
    Tail tail(String topic);

    /** What a subscriber prints. */
    interface Tail extends AutoCloseable {
        byte[] bytes();

        @Override
        void close();
    }
}
