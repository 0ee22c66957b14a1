package io.efka.it.link;

import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.mqtt.MqttLink.Loss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps what a link reports. */
final class RecordingListener implements Listener {
    private final Consumer<Inbound> onMessage;
    private final Runnable onConnect;
    final List<Boolean> connects = new CopyOnWriteArrayList<>();
    final List<Loss> losses = new CopyOnWriteArrayList<>();
    final List<Inbound> messages = Collections.synchronizedList(new ArrayList<>());

    RecordingListener() {
        this(message -> {}, () -> {});
    }

    RecordingListener(Consumer<Inbound> onMessage, Runnable onConnect) {
        this.onMessage = onMessage;
        this.onConnect = onConnect;
    }

    @Override
    public void connected(boolean sessionPresent) {
        connects.add(sessionPresent);
        onConnect.run();
    }

    @Override
    public void disconnected(Loss loss) {
        losses.add(loss);
    }

    @Override
    public void received(Inbound message) {
        messages.add(message);
        onMessage.accept(message);
    }
}
