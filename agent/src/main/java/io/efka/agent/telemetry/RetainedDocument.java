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
 * Keeps one retained topic right. At most one publish is in flight; what changes meanwhile is published when that is
 * acknowledged, newest only, and what was not acknowledged is published again: after waits that grow where the broker is
 * busy, shortened where it is too large, seldom where it is refused. Thread-safe; never blocks, and holds no lock while
 * it calls out.
 */
public final class RetainedDocument {
    /** The first wait, as for a link whose queue is full; then twice as long each time. */
    static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /** Somebody may have changed the broker's rules; each new connection is another reason to try. */
    static final Duration REFUSED_RETRY = Duration.ofMinutes(10);

    private static final int WHOLE = Integer.MAX_VALUE;
    private static final Logger log = LoggerFactory.getLogger(RetainedDocument.class);

    /**
     * A broker that was killed comes back with an older snapshot of what was retained, and may know our session all the
     * same. Mosquitto saves every 30 minutes unless told otherwise: what is younger than twice that is not trusted.
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

    @GuardedBy("this") private boolean resting;

    /** Counts rests: the end of an earlier one changes nothing. */
    @GuardedBy("this") private long rests;

    @GuardedBy("this") private Timers.Timer alarm = () -> {};

    @GuardedBy("this") private boolean reconnected;

    @GuardedBy("this") private long acknowledgedAt;

    @GuardedBy("this") private boolean everAcknowledged;

    /** What the payload must be smaller than, as the last one was refused for its size. */
    @GuardedBy("this") private int tooLarge = WHOLE;

    @GuardedBy("this") private boolean saidShortened;

    /** What to publish. Called without a lock, from any thread. */
    public interface Content {
        /**
         * The payload to publish now; empty clears the topic.
         *
         * @param bytes to have at most, as far as it can be done
         */
        byte[] within(long bytes);
    }

    /**
     * @param settled called when the broker has acknowledged the newest payload, shortened or not
     * @param online whether publishing makes sense from the beginning
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

    /** There is something newer to publish. */
    public void changed() {
        synchronized (this) {
            stale = true;
        }
        pump();
    }

    /** Publishing makes sense from now on. Without a session of ours the broker may have forgotten the document. */
    public void online(boolean sessionPresent) {
        synchronized (this) {
            online = true;
            resting = false;
            delay.reset();
            reconnected = inFlight;
            if (everAcknowledged && (!sessionPresent || isYoung())) stale = true;
        }
        pump();
    }

    /** Nothing is published from now on. */
    public synchronized void offline() {
        online = false;
    }

    @GuardedBy("this") private boolean isYoung() {
        return timers.nanos() - acknowledgedAt < SNAPSHOT_AGE.toNanos();
    }

    private void pump() {
        synchronized (this) {
            if (!online || !stale || inFlight || resting) return;
            stale = false;
            inFlight = true;
            reconnected = false;
        }
        byte[] payload = newest.within(room());
        if (payload.length >= limit()) {
            rest(REFUSED_RETRY);
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

    /** All there is, until the broker has refused that. */
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
            log.warn("topic={} is published shortened, to {} bytes: the broker takes no more", topic, bytes);
        if (isNewest) settled.run();
        else pump();
    }

    private void failed(LinkException.Kind kind, int bytes) {
        switch (kind) {
            case LOST -> lost();
            case BUSY -> rest(nextDelay());
            case TOO_LARGE -> shorten(bytes);
            case REFUSED, POISON -> rest(REFUSED_RETRY);
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
        if (again) goAgain();
        else rest(nextDelay());
    }

    private void shorten(int bytes) {
        synchronized (this) {
            tooLarge = Math.min(tooLarge, bytes);
        }
        goAgain();
    }

    private void goAgain() {
        synchronized (this) {
            inFlight = false;
            stale = true;
        }
        pump();
    }

    private void rest(Duration wait) {
        Timers.Timer earlier;
        long number;
        synchronized (this) {
            inFlight = false;
            stale = true;
            resting = online;
            if (!online) return;
            number = ++rests;
            earlier = alarm;
        }
        earlier.cancel();
        Timers.Timer set = timers.schedule(wait, () -> rested(number));
        synchronized (this) {
            alarm = set;
        }
    }

    private void rested(long number) {
        synchronized (this) {
            if (number != rests) return;
            resting = false;
            tooLarge = WHOLE;
        }
        pump();
    }
}
