package io.efka.it;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service with good manners: it says twenty times a second that it is alive and publishes the next whole number, and it
 * answers calls. What others do to the agent it must not notice.
 */
final class Neighbour implements AutoCloseable {
    static final String ID = "neighbour";
    private static final String DATA = "n";

    private final ChannelClient channel;
    private final AtomicLong said = new AtomicLong();
    private final ScheduledExecutorService mouth = Executors.newSingleThreadScheduledExecutor();
    private final Thread ear = new Thread(this::listen, "it-neighbour");

    private Neighbour(ChannelClient channel) {
        this.channel = channel;
    }

    /** Its process, which only leaves its key in that folder: who is silent for 5 s is ended. */
    static Bundle bundle(Path keys) {
        return Bundle.script(ID, ChannelKey.leaveIn(keys), "exec sleep 600").with("watchdog", "\"5s\"");
    }

    static Neighbour movesIn(Path keys) throws IOException {
        var neighbour = new Neighbour(ChannelClient.attached(ChannelKey.of(keys, ID)));
        neighbour.ear.setDaemon(true);
        neighbour.ear.start();
        neighbour.mouth.scheduleAtFixedRate(neighbour::speak, 0, 50, TimeUnit.MILLISECONDS);
        return neighbour;
    }

    private void speak() {
        try {
            say("{\"type\":\"alive\"}");
            say("{\"type\":\"data\",\"name\":\"" + DATA + "\",\"value\":" + said.get() + "}");
            said.incrementAndGet();
        } catch (IOException over) {
            throw new IllegalStateException(over); // ends the schedule: what was said will not grow any more
        }
    }

    private synchronized void say(String line) throws IOException {
        channel.say(line);
    }

    private void listen() {
        try {
            while (true) {
                JsonObject line = channel.hear();
                if (line.has("id")) say("{\"type\":\"result\",\"id\":" + line.get("id") + ",\"value\":\"hello\"}");
            }
        } catch (IOException closed) {
            // the end
        }
    }

    /** How many numbers it has said, from 0 on. */
    long said() {
        return said.get();
    }

    /** The numbers that came to the world, in the order in which they came. */
    static List<Long> heard(Device device) {
        return device.watcher().all(device.topic(ID, "data/" + DATA)).stream()
                .map(message -> Long.parseLong(message.text()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        mouth.shutdownNow();
        channel.close();
    }
}
