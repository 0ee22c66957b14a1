package io.efka.it;

import io.efka.fixtures.Folders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A broker with retained messages of devices that do not exist, and an operator with a home of its own. */
final class MadeUpFleet implements AutoCloseable {
    private final CloseStack opened = new CloseStack();
    private final TestBroker broker;
    private final Path home;
    private final FleetCli cli;
    private Watcher publisher;

    MadeUpFleet() {
        broker = opened.add(Brokers.start());
        try {
            Path folder = Folders.create("operator");
            opened.add(() -> Folders.delete(folder));
            home = folder;
            cli = new FleetCli(home, "--broker", broker.uri());
            publisher = new Watcher(broker, "efka/x");
            opened.add(() -> publisher.close());
        } catch (RuntimeException | AssertionError e) {
            throw opened.failed(e);
        }
    }

    TestBroker broker() {
        return broker;
    }

    Path home() {
        return home;
    }

    FleetCli cli() {
        return cli;
    }

    void publish(String topic, String text) {
        publisher.publish(topic, text);
    }

    void retain(String topic, String text) {
        publisher.publish(topic, text.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    /** Kills the broker, which may lose all that it has. */
    void loseBroker() {
        publisher.close();
        broker.kill();
    }

    void bringBrokerBack() {
        broker.start();
        publisher = new Watcher(broker, "efka/x");
    }

    @Override
    public void close() {
        opened.close();
    }
}
