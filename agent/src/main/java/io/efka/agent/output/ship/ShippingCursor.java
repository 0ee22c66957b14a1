package io.efka.agent.output.ship;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far one stream got: what is published, and what of it is acknowledged. The acknowledged offset moves only over
 * bytes before which all are acknowledged, in whatever order acknowledgements come. Confined to the shipper's thread.
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

    /** There is nothing to publish before {@code offset}. */
    public void skipTo(long offset) {
        next = offset;
        Flight nothing = new Flight(offset);
        inFlight.add(nothing);
        markAcknowledged(nothing);
    }

    /** The broker acknowledged it. A flight from before a {@link #rewind()} changes nothing. */
    public void markAcknowledged(Flight flight) {
        flight.isAcknowledged = true;
        advance();
    }

    /** Whatever is not acknowledged is to be published again. */
    public void rewind() {
        inFlight.clear();
        next = acknowledged;
    }

    /** Whether nothing before it is unacknowledged. */
    boolean isFirst(Flight flight) {
        return inFlight.peekFirst() == flight;
    }

    public boolean isInFlight(Flight flight) {
        return inFlight.contains(flight);
    }

    private void advance() {
        while (!inFlight.isEmpty() && inFlight.getFirst().isAcknowledged) acknowledged = inFlight.removeFirst().end;
    }

    /** Bytes that were published and whose outcome is not known yet. */
    public static final class Flight {
        private final long end;
        private boolean isAcknowledged;

        private Flight(long end) {
            this.end = end;
        }
    }
}
