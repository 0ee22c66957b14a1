package io.efka.agent.output.ship;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far one stream got: what is published, and what of it the broker has. The acknowledged offset moves over a whole
 * beginning only, in whatever order acknowledgements come. Confined to the shipper's thread.
 */
public final class ShippingCursor {
    private final Deque<Flight> flights = new ArrayDeque<>();
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

    /** The first offset that the broker does not have. */
    public long acknowledged() {
        return acknowledged;
    }

    boolean hasFlights() {
        return !flights.isEmpty();
    }

    /** The next so many bytes are on their way. */
    public Flight depart(int length) {
        next += length;
        Flight flight = new Flight(next);
        flights.add(flight);
        return flight;
    }

    /** There is nothing to publish before {@code offset}. */
    public void skipTo(long offset) {
        next = offset;
        Flight nothing = new Flight(offset);
        flights.add(nothing);
        land(nothing);
    }

    /** The broker has it. A flight from before a {@link #rewind()} changes nothing. */
    public void land(Flight flight) {
        flight.landed = true;
        advance();
    }

    /** Whatever is not acknowledged is to be published again. */
    public void rewind() {
        flights.clear();
        next = acknowledged;
    }

    /** Whether nothing before it is on its way. */
    boolean isFirst(Flight flight) {
        return flights.peekFirst() == flight;
    }

    public boolean isOnItsWay(Flight flight) {
        return flights.contains(flight);
    }

    private void advance() {
        while (!flights.isEmpty() && flights.getFirst().landed) acknowledged = flights.removeFirst().end;
    }

    /** Bytes that were published and whose fate is not known yet. */
    public static final class Flight {
        private final long end;
        private boolean landed;

        private Flight(long end) {
            this.end = end;
        }
    }
}
