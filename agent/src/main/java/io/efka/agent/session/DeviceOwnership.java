package io.efka.agent.session;

import io.efka.agent.telemetry.AgentInstance;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether this agent may act as the device, or must leave it to another agent with the same device id.
 *
 * <p>The rule: <b>the agent that announced itself last has the device; an agent whose birth is replaced by another's
 * yields.</b> The broker publishes messages on the device's status topic in one order for all subscribers. So two
 * agents never both see themselves replaced, and an earlier owner never takes the device from a later one. In detail:
 *
 * <ol>
 *   <li>An agent publishes its first birth on its first connection, whatever is retained. That may be stale; if it is
 *       not, its agent sees itself replaced.
 *   <li>After a lost connection an agent first looks at what is retained, since a lost connection may be all it learns
 *       when another client takes the session. If it sees another's birth, it yields. If it sees another's will, it
 *       asks as in 4: the broker may have published that will because we just took the session back. Otherwise it
 *       publishes its birth again.
 *   <li>An agent that yields stays away for 1 minute, twice as long each further time, up to 10 minutes. After a
 *       {@link #calm} time as the device it starts at 1 minute again.
 *   <li>When it is back, it does not announce itself but asks. A living rival with our client id has lost its
 *       connection to us and reconnects, which ends ours. A rival with another client id answers with its birth. In
 *       both cases the agent yields again. Without either, the rival is gone and the device is ours.
 *   <li>A birth that arrives while ours is in flight is older than ours and replaced by it. One that arrives after the
 *       echo of ours is newer.
 *   <li>Anything else on the topic, such as a will or a question, is answered with our birth: the will of an earlier
 *       start may arrive late.
 *   <li>An earlier start of this agent (same host, lower session) is not a rival. So of two agents on one host with a
 *       data folder each, the one with the higher session has the device.
 * </ol>
 *
 * <p>Not thread-safe.
 */
final class DeviceOwnership {
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    static final Duration MAX_PAUSE = Duration.ofMinutes(10);

    private final AgentInstance self;
    private final String host;

    private Phase phase = Phase.NEWCOMER;
    /** The last status on this connection, apart from our births. */
    private Optional<SeenStatus> seen = Optional.empty();

    private Optional<SeenStatus> successor = Optional.empty();
    /** Our births up to this number are in flight, or about to be. */
    private long due;

    private long echoed;
    private boolean claimed;
    private boolean asked;
    private boolean disturbed;
    private int yields;

    DeviceOwnership(AgentInstance self, String host) {
        this.self = self;
        this.host = host;
    }

    private enum Phase {
        /** Has never announced itself. */
        NEWCOMER,
        /** Has announced itself on this connection. */
        ONLINE,
        /** Had announced itself; the connection is lost. */
        AWAY,
        /** Connected again; looks for another agent's birth. */
        LOOKING,
        /** Has left the device to another agent. */
        YIELDED,
        /** Connected again; asks whether a rival is alive. */
        PROVING,
        CLOSED
    }

    /** What to do next. */
    enum Move {
        NOTHING,
        /** Become the device. */
        ANNOUNCE,
        /** Publish the birth again. */
        REPEAT,
        /** Report that another agent had the device and must yield. */
        CLAIM,
        /** Publish nothing and call {@link #waited} when retained messages must have arrived. */
        LOOK,
        /** Ask for rivals and call {@link #waited} when one would have come back. */
        PROVE,
        /** Leave the device to another agent for {@link #pause}. */
        YIELD
    }

    /** A connection is up. */
    Move connected() {
        return switch (phase) {
            case NEWCOMER -> announce();
            case AWAY, ONLINE, LOOKING -> enter(Phase.LOOKING, Move.LOOK);
            case YIELDED, PROVING -> prove();
            case CLOSED -> Move.NOTHING;
        };
    }

    /**
     * The connection is lost.
     *
     * @param takenOver whether the broker said that another client took the session
     */
    Move disconnected(boolean takenOver) {
        Move move = switch (phase) {
            case ONLINE -> enter(Phase.AWAY, Move.NOTHING);
            case LOOKING -> takenOver || isContested() ? leave() : enter(Phase.AWAY, Move.NOTHING);
            case PROVING -> takenOver || isContested() ? leave() : enter(Phase.YIELDED, Move.NOTHING);
            case NEWCOMER, AWAY, YIELDED, CLOSED -> Move.NOTHING;
        };
        seen = Optional.empty();
        return move;
    }

    /**
     * A message arrived on the status topic.
     *
     * @param status empty if no agent would have written it
     * @param lastBirth number of our last birth that was handed to the link
     */
    Move saw(Optional<SeenStatus> status, long lastBirth) {
        if (status.isPresent() && isEcho(status.get())) return Move.NOTHING;
        seen = status;
        if (phase == Phase.PROVING) return asked && rival().isPresent() ? leave() : Move.NOTHING;
        if (phase != Phase.ONLINE) return Move.NOTHING;
        boolean isReplacedByOurs = echoed < Math.max(due, lastBirth);
        if (isReplacedByOurs) return claim();
        return rival().isPresent() ? leave() : repeat();
    }

    /** The wait after {@link Move#LOOK} or {@link Move#PROVE} is over. */
    Move waited() {
        if (phase == Phase.PROVING) return announce();
        if (phase != Phase.LOOKING) return Move.NOTHING;
        if (rival().isPresent()) return leave();
        return isContested() ? prove() : announce();
    }

    /** The device has been ours, undisturbed, for long. */
    void calm() {
        yields = 0;
    }

    /** Decides nothing from now on. */
    void close() {
        phase = Phase.CLOSED;
    }

    /** Another agent's birth, if it arrived last on this connection. */
    Optional<SeenStatus> rival() {
        return seen.filter(status -> status.isRivalOf(self, host));
    }

    /** The agent to which the device was left, if known. */
    Optional<SeenStatus> successor() {
        return successor;
    }

    /** How long to stay away after yielding. */
    Duration pause() {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(yields - 1, 0), 10));
        return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
    }

    /** Whether another agent was the device since the last call: then retained messages may not be ours. */
    boolean wasDisturbed() {
        boolean was = disturbed;
        disturbed = false;
        return was;
    }

    /**
     * Notes an echo of our own birth or question; returns whether it was one. Our own will is not: it needs an answer.
     */
    private boolean isEcho(SeenStatus status) {
        if (!status.isOf(self)) return false;
        if (status.isQuestion()) {
            asked = true;
            return true;
        }
        if (!status.online()) return false;
        if (phase == Phase.ONLINE) echoed = Math.max(echoed, status.birth());
        // Our earlier birth, still retained before we publish a new one, shows that nobody replaced it.
        return phase == Phase.ONLINE;
    }

    /** Whether another agent was there and has not published a farewell. */
    private boolean isContested() {
        return seen.filter(status -> status.isForeignTo(self, host) && !status.isFarewell())
                .isPresent();
    }

    private Move announce() {
        disturbed |= seen.filter(status -> status.isForeignTo(self, host)).isPresent();
        claimed = rival().isPresent();
        due = echoed + 1;
        return enter(Phase.ONLINE, Move.ANNOUNCE);
    }

    private Move repeat() {
        due = echoed + 1;
        return Move.REPEAT;
    }

    private Move claim() {
        if (claimed || rival().isEmpty()) return Move.NOTHING;
        claimed = true;
        return Move.CLAIM;
    }

    private Move prove() {
        asked = false;
        return enter(Phase.PROVING, Move.PROVE);
    }

    private Move leave() {
        successor = seen.filter(status -> status.isForeignTo(self, host));
        disturbed = true;
        yields++;
        return enter(Phase.YIELDED, Move.YIELD);
    }

    private Move enter(Phase next, Move move) {
        phase = next;
        return move;
    }
}
