package io.efka.agent.supervision;

import io.efka.agent.supervision.Supervisors.Ports;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The timers of one service, at most one of a kind. Confined to the mailbox. A timer that fires while it is being
 * cancelled still tells, with a number that does not count any more.
 *
 * <p>One that judges the service is told after what the service has said. One that fires late shows that the agent, and
 * perhaps the service with it, stood still (SIGSTOP, a frozen container, a machine under heavy load): the time that was
 * lost is given back, so that the service has it to speak.
 */
final class ServiceTimers {
    /** Later than this is late: a busy machine is not. */
    static final Duration TOLERANCE = Duration.ofMillis(250);

    /** In a row, so that an agent that is always late still ends what hangs. */
    static final int MAX_GRANTS = 3;

    private final Ports ports;
    private final Consumer<Event> tell;
    private final Map<TimerKind, ArmedTimer> armed = new EnumMap<>(TimerKind.class);
    private long last;

    /**
     * @param due in the timers' nanoseconds
     * @param regular when it would be due had nobody asked for more time
     * @param grants how often time was given back
     */
    private record ArmedTimer(long number, Timers.Timer timer, Duration delay, long due, long regular, int grants) {}

    ServiceTimers(Ports ports, Consumer<Event> tell) {
        this.ports = ports;
        this.tell = tell;
    }

    void set(TimerKind kind, Duration delay) {
        arm(kind, delay, now() + delay.toNanos(), 0);
    }

    /** Has it fire after {@code least} at the earliest, and never earlier than it was set for. */
    void prolong(TimerKind kind, Duration least) {
        ArmedTimer old = armed.get(kind);
        long regular = old == null ? now() : old.regular();
        Duration rest = Duration.ofNanos(regular - now());
        arm(kind, rest.compareTo(least) > 0 ? rest : least, regular, 0);
    }

    void cancel(TimerKind kind) {
        ArmedTimer old = armed.remove(kind);
        if (old != null) old.timer().cancel();
    }

    void cancelAll() {
        armed.values().forEach(a -> a.timer().cancel());
        armed.clear();
    }

    /** Whether a fired timer is the one that is set, and its time is really over; it is spent then. */
    boolean consume(Event.TimerFired fired) {
        ArmedTimer current = armed.get(fired.kind());
        if (current == null || current.number() != fired.number()) return false;
        armed.remove(fired.kind());
        Duration late = Duration.ofNanos(now() - current.due());
        boolean isGranted =
                fired.kind().endsSilentService() && late.compareTo(TOLERANCE) > 0 && current.grants() < MAX_GRANTS;
        if (!isGranted) return true;
        Duration lost = late.compareTo(current.delay()) < 0 ? late : current.delay();
        arm(fired.kind(), lost, now() + lost.toNanos(), current.grants() + 1);
        return false;
    }

    private void arm(TimerKind kind, Duration delay, long regular, int grants) {
        cancel(kind);
        var fired = new Event.TimerFired(kind, ++last);
        Timers.Timer timer = ports.timers().schedule(delay, () -> fire(fired));
        armed.put(kind, new ArmedTimer(fired.number(), timer, delay, now() + delay.toNanos(), regular, grants));
    }

    private void fire(Event.TimerFired fired) {
        if (fired.kind().endsSilentService()) ports.stopNotifier().afterReading(fired, tell);
        else tell.accept(fired);
    }

    private long now() {
        return ports.timers().nanos();
    }
}
