package io.efka.it.injection;

import io.efka.it.Bundle;
import io.efka.it.ChannelClient;
import io.efka.it.ChannelKey;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Has the agent do everything it can, all the time: commands of every kind, crashes, output, checks, a channel. */
final class Load implements AutoCloseable {
    private static final long PAUSE_NANOS = 10_000_000;

    private final Device device;
    private final Path keys;
    private final Watcher sender;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Thread commands = new Thread(this::command, "load");
    private final Thread channel = new Thread(this::talk, "load-channel");

    Load(TestBroker broker, Device device, Path keys) {
        this.device = device;
        this.keys = keys;
        this.sender = new Watcher(broker);
    }

    /** Installs what is needed, and begins. */
    Load start() {
        String checked =
                "{\"interval\":\"300ms\",\"timeout\":\"2s\",\"start_period\":\"0s\",\"on_unhealthy\":\"report\"}";
        device.run(Bundle.script("crash", "echo about to end", "sleep 0.2", "exit 3")
                .with("restart", "{\"delay\":\"50ms\",\"max_delay\":\"100ms\"}"));
        device.install(Bundle.sleeper("switch"));
        device.run(Bundle.sleeper("asked")
                .with("health_check", "\"tcp://127.0.0.1:1\"")
                .with("health", checked));
        device.run(Bundle.script("checked", "exec sleep 600")
                .file("check.sh", "exit 0")
                .with("health_check", "\"exec:check.sh\"")
                .with("health", checked));
        device.run(Bundle.script("chatty", "while :; do echo some words; sleep 0.05; done"));
        device.run(Bundle.script("talks", ChannelKey.leaveIn(keys), "exec sleep 600"));
        commands.start();
        channel.start();
        return this;
    }

    private void command() {
        List<Runnable> all = List.of(
                () -> service("switch", "start", ""),
                () -> service("chatty", "logs", "{\"lines\":20,\"match\":\"w.*s$\"}"),
                () -> service("switch", "restart", ""),
                () -> service("talks", "config", "{\"set\":{\"at\":" + System.nanoTime() + "}}"),
                () -> service("asked", "input", "{\"text\":\"words\\n\"}"),
                () -> service("switch", "stop", ""),
                () -> service("guest", "install", Bundle.sleeper("guest").payload()),
                () -> service("checked", "signal", "{\"signal\":\"WINCH\"}"),
                () -> service("guest", "remove", ""),
                () -> device("list", ""),
                () -> device("info", ""),
                () -> device("apply", "{\"services\":[]}"),
                () -> service("talks", "call/anything", "{}"),
                () -> sender.publish(device.topic("chatty", "status"), "rubbish"));
        for (int i = 0; !ending.get(); i++) {
            sender.publishOnce(device.topic("cmd/ping"), new MqttProperties());
            if (i % 4 == 0) withId(i / 4, all);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void withId(int number, List<Runnable> all) {
        all.get(number % all.size()).run();
    }

    private void service(String service, String command, String payload) {
        sender.publish(device.topic(service, "cmd/" + command), payload);
    }

    private void device(String command, String payload) {
        sender.publish(device.topic("cmd/" + command), payload);
    }

    private void talk() {
        while (!ending.get()) {
            Path left = keys.resolve("talks");
            if (Files.exists(left)) converse();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void converse() {
        try (ChannelClient client = ChannelClient.attached(ChannelKey.of(keys, "talks"))) {
            for (int i = 0; i < 10 && !ending.get(); i++) {
                client.say("{\"type\":\"data\",\"name\":\"n" + i % 3 + "\",\"value\":" + i + ",\"retain\":"
                        + (i % 2 == 0) + "}");
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException agentGone) {
            // the next round asks again
        }
    }

    @Override
    public void close() {
        ending.set(true);
        try {
            commands.join();
            channel.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
