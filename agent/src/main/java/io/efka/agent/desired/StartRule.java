package io.efka.agent.desired;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When a revision begins on a device.
 *
 * @param notBefore empty: when it is taken
 * @param window the hours in which it may begin; empty: always
 * @param splay over which time the beginnings of a fleet are spread; zero: they begin together
 */
record StartRule(Optional<Instant> notBefore, Optional<LocalWindow> window, Duration splay) {
    static final StartRule AT_ONCE = new StartRule(Optional.empty(), Optional.empty(), Duration.ZERO);

    /**
     * When it may begin; {@code now} or earlier: it may. In a window, the splay is cut to what is left of the window.
     *
     * @param taken when the device took the revision
     * @param place of this device in the splay, in {@code [0, 1)}
     */
    Instant begin(Instant taken, Instant now, double place, ZoneId zone) {
        // The clock was ahead when the revision was taken, and counting from then would take for ever.
        if (taken.isAfter(now)) return unspread().begin(now, now, place, zone);
        Instant earliest = notBefore.filter(taken::isBefore).orElse(taken);
        if (window.isEmpty()) return earliest.plus(part(splay, place));
        Instant begin = within(window.get().at(earliest, zone), earliest, place);
        // The device was off, or something was in the way: in the next opening.
        LocalWindow.Opening open = window.get().at(now, zone);
        return begin.isBefore(now) && !open.holds(now) ? within(open, now, place) : begin;
    }

    private StartRule unspread() {
        return new StartRule(notBefore, window, Duration.ZERO);
    }

    private Instant within(LocalWindow.Opening opening, Instant earliest, double place) {
        Instant from = opening.from().isAfter(earliest) ? opening.from() : earliest;
        Duration left = Duration.between(from, opening.to());
        return from.plus(part(splay.compareTo(left) < 0 ? splay : left, place));
    }

    private static Duration part(Duration whole, double place) {
        return Duration.ofMillis((long) (whole.toMillis() * place));
    }
}
