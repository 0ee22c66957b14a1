package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.mqtt.RetryDelay;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one retained topic up to date. At most one publish is in flight; when it is acknowledged, the newest content is
 * published if it has changed. A failed publish is repeated: after growing waits if the broker is busy, shortened if it
 * is too large, rarely if it is refused. Thread-safe; never blocks, and holds no lock while it calls out.
 */
public final class RetainedDocument {
    /** The first wait after a failure, such as a full queue of the link; then twice as long each time. */
    static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /** Wait after a refusal: somebody may change the broker's rules. A new connection tries at once. */
    static final Duration REFUSED_RETRY = Duration.ofMinutes(10);

    private static final int WHOLE = Integer.MAX_VALUE;
    private static final Logger log = LoggerFactory.getLogger(RetainedDocument.class);

    /**
     * A broker that was killed may come back with our session and an older snapshot of retained messages. By default
     * Mosquitto saves every 30 minutes, so an acknowledgement younger than twice that is not trusted.
     */
    static final Duration SNAPSHOT_AGE = Duration.ofHours(1);

    private final String topic;
    private final MqttLink link;
    private final Timers timers;
    private final Content newest;
    private final Runnable settled;

    @GuardedBy("this") private final RetryDelay delay = new RetryDelay(RETRY, LONGEST_RETRY);

    @GuardedBy("this") private boolean online;

    @GuardedBy("this") private boolean stale;

    @GuardedBy("this") private boolean inFlight;

    @GuardedBy("this") private boolean paused;

    /** Counts pauses: the end of an earlier one changes nothing. */
    @GuardedBy("this") private long pauses;

    @GuardedBy("this") private Timers.Timer resumption = () -> {};

    @GuardedBy("this") private boolean reconnected;

    @GuardedBy("this") private long acknowledgedAt;

    @GuardedBy("this") private boolean everAcknowledged;

    /** The next payload must be smaller than this, since one of this size was refused. */
    @GuardedBy("this") private int tooLarge = WHOLE;

    @GuardedBy("this") private boolean saidShortened;

    /** Provides the content. Called without a lock, on any thread. */
    public interface Content {
        /**
         * The payload to publish now; empty clears the topic.
         *
         * @param bytes limit of the size, to be kept if possible
         */
        byte[] within(long bytes);
    }

    /**
     * @param settled called when the broker has acknowledged the newest content, shortened or not
     * @param online whether to publish from the start
     */
    public RetainedDocument(
            String topic, MqttLink link, Timers timers, Content newest, Runnable settled, boolean online) {
        this.online = online;
        this.topic = topic;
        this.link = link;
        this.timers = timers;
        this.newest = newest;
        this.settled = settled;
    }

    /** There is newer content to publish. */
    public void changed() {
        synchronized (this) {
            stale = true;
        }
        pump();
    }

    /**
     * Publishes from now on.
     *
     * @param sessionPresent false: the broker may have lost the document, so it is published again
     */
    public void online(boolean sessionPresent) {
        synchronized (this) {
            online = true;
            paused = false;
            delay.reset();
            reconnected = inFlight;
            if (everAcknowledged && (!sessionPresent || isYoung())) stale = true;
        }
        pump();
    }

    /** Publishes nothing from now on. */
    public synchronized void offline() {
        online = false;
    }

    @GuardedBy("this") private boolean isYoung() {
        return timers.nanos() - acknowledgedAt < SNAPSHOT_AGE.toNanos();
    }

    private void pump() {
        synchronized (this) {
            if (!online || !stale || inFlight || paused) return;
            stale = false;
            inFlight = true;
            reconnected = false;
        }
        byte[] payload = newest.within(room());
        if (payload.length >= limit()) {
            pause(REFUSED_RETRY);
            return;
        }
        link.publish(message(payload), Lane.CONTROL).whenComplete(FatalErrors.top((done, failure) -> {
            if (failure == null) acknowledged(payload.length);
            else failed(LinkException.kindOf(failure), payload.length);
        }));
    }

    private Message message(byte[] payload) {
        return new Message(
                topic, payload, 1, true, payload.length == 0 ? Message.Properties.NONE : Message.Properties.JSON);
    }

    private synchronized int limit() {
        return tooLarge;
    }

    /** Limit for the next payload: none until the broker has refused one for its size. */
    private long room() {
        int limit = limit();
        if (limit == WHOLE) return Long.MAX_VALUE;
        int head = new Message(topic, new byte[0], 1, true, Message.Properties.JSON).packetBytes();
        return Math.min(link.maxPacket() - head, limit - 1);
    }

    private void acknowledged(int bytes) {
        boolean isNewest;
        boolean isShortened;
        synchronized (this) {
            inFlight = false;
            everAcknowledged = true;
            acknowledgedAt = timers.nanos();
            isNewest = !stale;
            delay.reset();
            isShortened = tooLarge != WHOLE && !saidShortened;
            saidShortened |= isShortened;
            tooLarge = WHOLE;
        }
        if (isShortened)
            log.warn("topic={} is published shortened to {} bytes: the broker accepts no more", topic, bytes);
        if (isNewest) settled.run();
        else pump();
    }

    private void failed(LinkException.Kind kind, int bytes) {
        switch (kind) {
            case LOST -> lost();
            case BUSY -> pause(nextDelay());
            case TOO_LARGE -> shorten(bytes);
            case REFUSED, POISON -> pause(REFUSED_RETRY);
        }
    }

    private synchronized Duration nextDelay() {
        return delay.next();
    }

    private void lost() {
        boolean again;
        synchronized (this) {
            again = reconnected;
        }
        if (again) publishAgain();
        else pause(nextDelay());
    }

    private void shorten(int bytes) {
        synchronized (this) {
            tooLarge = Math.min(tooLarge, bytes);
        }
        publishAgain();
    }

    private void publishAgain() {
        synchronized (this) {
            inFlight = false;
            stale = true;
        }
        pump();
    }

    private void pause(Duration wait) {
        Timers.Timer earlier;
        long number;
        synchronized (this) {
            inFlight = false;
            stale = true;
            paused = online;
            if (!online) return;
            number = ++pauses;
            earlier = resumption;
        }
        earlier.cancel();
        Timers.Timer set = timers.schedule(wait, () -> resume(number));
        synchronized (this) {
            resumption = set;
        }
    }

    private void resume(long number) {
        synchronized (this) {
            if (number != pauses) return;
            paused = false;
            tooLarge = WHOLE;
        }
        pump();
    }
}
