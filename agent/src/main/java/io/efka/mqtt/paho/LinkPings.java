package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.paho.mqttv5.client.MqttPingSender;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;

/** Reminds Paho of its keep-alive, on the link's thread and the agent's timers instead of a thread of its own. */
final class LinkPings implements MqttPingSender {
    private final Timers timers;
    private final Executor linkThread;

    @GuardedBy("this") private Optional<ClientComms> comms = Optional.empty();

    @GuardedBy("this") private Optional<Timers.Timer> due = Optional.empty();

    @GuardedBy("this") private boolean stopped;

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
    public void start() {
        living().ifPresent(client -> schedule(client.getKeepAlive()));
    }

    @Override
    public void stop() {
        synchronized (this) {
            stopped = true;
        }
        swap(Optional.empty()).ifPresent(Timers.Timer::cancel);
    }

    @Override
    public void schedule(long delayMs) {
        if (living().isEmpty()) return;
        Timers.Timer set = timers.schedule(Duration.ofMillis(delayMs), () -> linkThread.execute(this::check));
        swap(Optional.of(set)).ifPresent(Timers.Timer::cancel);
        if (living().isEmpty()) set.cancel();
    }

    private void check() {
        living().ifPresent(ClientComms::checkForActivity);
    }

    /** Empty before the first and after the last. */
    private synchronized Optional<ClientComms> living() {
        return stopped ? Optional.empty() : comms;
    }

    private synchronized Optional<Timers.Timer> swap(Optional<Timers.Timer> next) {
        Optional<Timers.Timer> before = due;
        due = next;
        return before;
    }
}
