package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * Sends commands as a careful sender does: until the broker has accepted them, and again under the same id where the broker
 * lost its memory. It also sends many of them twice, at once or much later and out of order, as a careless one does.
 * Thread-safe.
 */
final class Commander implements AutoCloseable {
    /** Calm time after which a reply is overdue. */
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private static final int REMEMBERED = 100;

    private final ObserverLink link;
    private final Conditions conditions;
    private final CommandBook book;
    private final Notes notes;
    private final String device;
    private final String replyTopic;
    private final RandomGenerator random;
    private final List<Sent> recent = new ArrayList<>();
    private final ExecutorService careless = Executors.newSingleThreadExecutor();

    private record Sent(String id, String topic, byte[] payload, boolean modern) {}

    Commander(
            ObserverLink link,
            Conditions conditions,
            CommandBook book,
            Notes notes,
            Address address,
            RandomGenerator random) {
        this.link = link;
        this.conditions = conditions;
        this.book = book;
        this.notes = notes;
        this.device = address.device();
        this.replyTopic = address.replyTopic();
        this.random = random;
    }

    /** Whose agent is asked, and where it answers. */
    record Address(String device, String replyTopic) {}

    /** Sends a command to a service and waits for the reply; empty: there was none in all the time there could be one. */
    Optional<JsonObject> ask(String id, String service, String command, JsonObject arguments) {
        Sent sent = compose(id, "efka/" + device + "/svc/" + service + "/cmd/" + command, arguments);
        notes.seen("commands", 1);
        if (chance(0.3)) repeat(sent);
        send(sent);
        Optional<JsonObject> reply = await(sent);
        remember(sent);
        if (chance(0.25)) repeatSomeOldOnes();
        return reply;
    }

    private Sent compose(String id, String topic, JsonObject arguments) {
        boolean modern = chance(0.5);
        JsonObject payload = arguments.deepCopy();
        if (!modern) {
            payload.addProperty("id", id);
            payload.addProperty("reply_to", replyTopic);
        }
        return new Sent(id, topic, payload.toString().getBytes(StandardCharsets.UTF_8), modern);
    }

    private void send(Sent sent) {
        var properties = new MqttProperties();
        if (sent.modern()) {
            properties.setResponseTopic(replyTopic);
            properties.setCorrelationData(sent.id().getBytes(StandardCharsets.UTF_8));
        }
        link.publish(sent.topic(), sent.payload(), properties);
    }

    private void repeat(Sent sent) {
        notes.seen("commands sent again on purpose", 1);
        careless.execute(() -> send(sent));
    }

    private Optional<JsonObject> await(Sent sent) {
        long kills = conditions.brokerKills();
        long calm = conditions.calmNanos();
        boolean overdue = false;
        boolean isLastWord = false;
        while (true) {
            Optional<JsonObject> reply = book.find(sent.id());
            if (reply.isPresent() && (isLastWord || CommandBook.isTaken(reply.get()))) return reply;
            boolean isLate = conditions.calmNanos() - calm > PATIENCE;
            if (reply.isPresent()) {
                notes.seen("commands sent again since they were not taken", 1);
                pause(1000);
                // What is refused by a disk that has room was refused for good: the agent remembers the first answer.
                isLastWord = CommandBook.code(reply.get()).equals("disk_full") && !conditions.isDiskShort();
                book.forget(sent.id());
                send(sent);
            } else if (isLate && conditions.brokerKills() != kills) {
                notes.seen("commands sent again since a killed broker lost them or their reply", 1);
                kills = conditions.brokerKills();
                calm = conditions.calmNanos();
                send(sent);
            } else if (isLate && overdue) {
                return Optional.empty();
            } else if (isLate) {
                notes.say("overdue: " + sent.id() + " " + sent.topic());
                overdue = true;
                calm = conditions.calmNanos();
            }
            pause(5);
        }
    }

    private void repeatSomeOldOnes() {
        for (int i = random.nextInt(3); i >= 0; i--) {
            synchronized (recent) {
                repeat(recent.get(random.nextInt(recent.size())));
            }
        }
    }

    private void remember(Sent sent) {
        synchronized (recent) {
            if (recent.size() == REMEMBERED) recent.remove(0);
            recent.add(sent);
        }
    }

    private boolean chance(double probability) {
        synchronized (random) {
            return random.nextDouble() < probability;
        }
    }

    static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @Override
    public void close() {
        careless.shutdownNow();
    }
}
