package io.efka.it.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.mqtt.MqttLink.Loss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Remembers all that a link tells. */
final class Ear implements Listener {
    private final Consumer<Inbound> onMessage;
    private final Runnable onConnect;
    final List<Boolean> connects = new CopyOnWriteArrayList<>();
    final List<Loss> losses = new CopyOnWriteArrayList<>();
    final List<Inbound> messages = Collections.synchronizedList(new ArrayList<>());

    Ear() {
        this(message -> {}, () -> {});
    }

    Ear(Consumer<Inbound> onMessage, Runnable onConnect) {
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

    /** Waits for a fact to become true. */
    static void await(String fact, Duration limit, BooleanSupplier isTrue) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isTrue.getAsBoolean() && System.nanoTime() < deadline) {
            synchronized (fact) {
                fact.wait(5);
            }
        }
        assertThat(isTrue.getAsBoolean()).as(fact).isTrue();
    }
}
