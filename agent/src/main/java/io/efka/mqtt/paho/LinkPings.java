package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.paho.mqttv5.client.MqttPingSender;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;

/** Triggers Paho's keep-alive checks on the link's thread, by the agent's timers: they need no thread of their own. */
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

    /** Schedules the next check. Called again when the broker has changed the keep-alive. */
    @Override
    public void start() {
        active().ifPresent(client -> schedule(client.getKeepAlive()));
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
        if (active().isEmpty()) return;
        Timers.Timer set = timers.schedule(Duration.ofMillis(delayMs), () -> linkThread.execute(this::check));
        swap(Optional.of(set)).ifPresent(Timers.Timer::cancel);
        if (active().isEmpty()) set.cancel();
    }

    private void check() {
        active().ifPresent(ClientComms::checkForActivity);
    }

    /** Empty before {@link #init} and after {@link #stop}. */
    private synchronized Optional<ClientComms> active() {
        return stopped ? Optional.empty() : comms;
    }

    private synchronized Optional<Timers.Timer> swap(Optional<Timers.Timer> next) {
        Optional<Timers.Timer> before = due;
        due = next;
        return before;
    }
}
