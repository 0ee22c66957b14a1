package io.efka.agent.session;

import io.efka.agent.telemetry.AgentInstance;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether this agent may call itself the device, or has to leave it to another one with the same device id.
 *
 * <p>The rule: <b>the agent that announced itself last has the device; one that finds its birth replaced by another's
 * yields.</b> What the broker publishes on the device's status topic has one order for everybody, so two agents never
 * both find themselves replaced, and one that has the device is never asked to give it up by one that had it before.
 * In detail:
 *
 * <ol>
 *   <li>An agent's first birth goes out at its first connection, whatever was retained: that may be stale, and if it is
 *       not, its agent finds itself replaced.
 *   <li>After a lost connection an agent first looks what is retained: that its connection is gone is all it may hear
 *       when another client took the session. Another's birth: yield. Another's will: the broker may have published it
 *       because we just took the session in our turn, so prove it as in 4. Else its birth goes out again.
 *   <li>Who yields stays away for 1 minute, twice as long at each further time, up to 10 minutes; a {@link #calm} time
 *       as the device makes it 1 minute again.
 *   <li>Back from there it is no device yet, but asks. A living rival with our client id has lost its connection to us
 *       and comes back, which costs us ours; one with a client id of its own answers with its birth. Either way: yield
 *       again. Nobody came or answered: the rival is gone, the device ours.
 *   <li>A birth that comes while ours is still under way is older than ours, and replaced by it. One that comes after
 *       the echo of ours is newer.
 *   <li>A will, a question, or anything else but a living rival's birth is answered with our birth: a will of an
 *       earlier start may come late.
 *   <li>An earlier start of this agent (same host, lower session) is no rival. So of two agents on one host that have a
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
    /** What came last on this connection, our births aside. */
    private Optional<SeenStatus> seen = Optional.empty();

    private Optional<SeenStatus> successor = Optional.empty();
    /** Births of ours up to this number are under way, or will be in a moment. */
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
        /** Never announced. */
        NEWCOMER,
        /** Announced on this connection. */
        ONLINE,
        /** Was announced; the connection is gone. */
        AWAY,
        /** Connected again, looking for another's birth. */
        LOOKING,
        /** Left the device to another agent. */
        YIELDED,
        /** Connected again, asking whether a rival lives. */
        PROVING,
        CLOSED
    }

    /** What has to be done now. */
    enum Move {
        NOTHING,
        /** Become the device. */
        ANNOUNCE,
        /** Publish the birth again. */
        REPEAT,
        /** Another agent had the device and has to yield: report it. */
        CLAIM,
        /** Say nothing; {@link #waited} when what is retained must have come. */
        LOOK,
        /** Ask who is there; {@link #waited} when a rival would have come back. */
        PROVE,
        /** Leave the device to another agent for {@link #pause}. */
        YIELD
    }

    Move connected() {
        return switch (phase) {
            case NEWCOMER -> announce();
            case AWAY, ONLINE, LOOKING -> enter(Phase.LOOKING, Move.LOOK);
            case YIELDED, PROVING -> prove();
            case CLOSED -> Move.NOTHING;
        };
    }

    /** @param takenOver the broker said that another client took the session */
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
     * @param status what came on the status topic; empty: nothing that an agent would have written
     * @param lastBirth number of the last birth of ours that was handed to the link
     */
    Move saw(Optional<SeenStatus> status, long lastBirth) {
        if (status.isPresent() && isOurVoice(status.get())) return Move.NOTHING;
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

    /** The device was ours, undisturbed, for long. */
    void calm() {
        yields = 0;
    }

    /** Nothing is to be done any more. */
    void close() {
        phase = Phase.CLOSED;
    }

    /** Another agent's birth, if that came last on this connection. */
    Optional<SeenStatus> rival() {
        return seen.filter(status -> status.isRivalOf(self, host));
    }

    /** To whom the device was left, where that is known. */
    Optional<SeenStatus> successor() {
        return successor;
    }

    /** How long to stay away, having yielded. */
    Duration pause() {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(yields - 1, 0), 10));
        return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
    }

    /** Whether another agent was the device since this was last asked: then nothing retained is as we left it. */
    boolean wasDisturbed() {
        boolean was = disturbed;
        disturbed = false;
        return was;
    }

    /** Takes note of what came back to us of our own; our own will is not among it: it has to be answered. */
    private boolean isOurVoice(SeenStatus status) {
        if (!status.isOf(self)) return false;
        if (status.isQuestion()) {
            asked = true;
            return true;
        }
        if (!status.online()) return false;
        if (phase == Phase.ONLINE) echoed = Math.max(echoed, status.birth());
        // Before our birth is out again, an earlier one of ours that is still retained says that nobody replaced it.
        return phase == Phase.ONLINE;
    }

    /** Whether another agent was there, and has not said that it is gone for good. */
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
