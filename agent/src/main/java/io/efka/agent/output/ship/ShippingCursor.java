package io.efka.agent.output.ship;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far one stream was published and acknowledged. The acknowledged offset advances only when all bytes before it are
 * acknowledged, whatever the order of the acknowledgements. Confined to the shipper's thread.
 */
public final class ShippingCursor {
    private final Deque<Flight> inFlight = new ArrayDeque<>();
    private long acknowledged;
    private long next;

    public ShippingCursor(long acknowledged) {
        this.acknowledged = acknowledged;
        this.next = acknowledged;
    }

    /** The first offset that is not published. */
    long next() {
        return next;
    }

    /** The first offset that is not acknowledged. */
    public long acknowledged() {
        return acknowledged;
    }

    boolean hasUnacknowledged() {
        return !inFlight.isEmpty();
    }

    /** The next {@code length} bytes were sent. */
    public Flight sent(int length) {
        next += length;
        Flight flight = new Flight(next);
        inFlight.add(flight);
        return flight;
    }

    /** Skips to {@code offset}: there is nothing to publish before it. */
    public void skipTo(long offset) {
        next = offset;
        Flight nothing = new Flight(offset);
        inFlight.add(nothing);
        markAcknowledged(nothing);
    }

    /** The broker acknowledged a flight. One from before a {@link #rewind()} changes nothing. */
    public void markAcknowledged(Flight flight) {
        flight.isAcknowledged = true;
        advance();
    }

    /** Everything that is not acknowledged must be published again. */
    public void rewind() {
        inFlight.clear();
        next = acknowledged;
    }

    /** Whether everything before it is acknowledged. */
    boolean isFirst(Flight flight) {
        return inFlight.peekFirst() == flight;
    }

    public boolean isInFlight(Flight flight) {
        return inFlight.contains(flight);
    }

    private void advance() {
        while (!inFlight.isEmpty() && inFlight.getFirst().isAcknowledged) acknowledged = inFlight.removeFirst().end;
    }

    /** Bytes that were published and are not acknowledged yet. */
    public static final class Flight {
        private final long end;
        private boolean isAcknowledged;

        private Flight(long end) {
            this.end = end;
        }
    }
}
