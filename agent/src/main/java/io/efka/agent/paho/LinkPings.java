package io.efka.agent.paho;

import io.efka.agent.service.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.paho.mqttv5.client.MqttPingSender;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;

/** Reminds Paho of its keep-alive, on the link's thread and the agent's timers instead of a thread of its own. */
final class LinkPings implements MqttPingSender {
    private final Timers timers;
    private final Executor linkThread;
    private Optional<ClientComms> comms = Optional.empty();
    private Optional<Timers.Timer> due = Optional.empty();
    private boolean stopped;

    LinkPings(Timers timers, Executor linkThread) {
        this.timers = timers;
        this.linkThread = linkThread;
    }

    @Override
    public synchronized void init(ClientComms client) {
        comms = Optional.of(client);
    }

    /** Also to be called when the broker has changed the keep-alive. */
    @Override
    public synchronized void start() {
        comms.ifPresent(client -> schedule(client.getKeepAlive()));
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        due.ifPresent(Timers.Timer::cancel);
        due = Optional.empty();
    }

    @Override
    public synchronized void schedule(long delayMs) {
        if (stopped) return;
        due.ifPresent(Timers.Timer::cancel);
        due = Optional.of(timers.schedule(Duration.ofMillis(delayMs), () -> linkThread.execute(this::check)));
    }

    private void check() {
        Optional<ClientComms> client;
        synchronized (this) {
            client = stopped ? Optional.empty() : comms;
        }
        client.ifPresent(ClientComms::checkForActivity);
    }
}
