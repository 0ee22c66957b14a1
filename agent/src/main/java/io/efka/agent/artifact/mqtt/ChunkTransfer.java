package io.efka.agent.artifact.mqtt;

import io.efka.protocol.DeviceId;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.PieceHashes;
import io.efka.protocol.artifact.Wish;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Decides for one artifact what this device asks for, when, and which chunks it accepts. It asks for 64 missing chunks at
 * a time, after a random wait that another device's same wish ends, and again when all that was asked for has come or is
 * lost. So the fastest device sets the pace, and what a slow one misses follows. Without I/O; not thread-safe. Times are
 * monotonic nanoseconds.
 */
final class ChunkTransfer {
    /** A retained info comes with the answer to the subscription; afterwards somebody is asked for it. */
    static final Duration FIRST_LOOK = Duration.ofMillis(1_500);

    /**
     * Without any chunk for so long, what was asked for does not come. Longer than the slowest publisher takes for a
     * chunk (2 s at 32 KiB/s), and than a device waits before it helps out (5 s).
     */
    static final Duration QUIET = Duration.ofSeconds(6);

    /**
     * The same where chunks have come quickly. Longer than the 2 s for which a publisher takes a wish for a chunk that it has
     * sent for one that was too early.
     */
    static final Duration SHORTEST_QUIET = Duration.ofSeconds(3);

    /** A pause of so many times the usual one between chunks means that no more come. */
    private static final int USUAL_GAPS = 10;

    /** Weight of all earlier gaps beside a new one. */
    private static final int SMOOTHING = 8;

    /** Without an info for so long, nobody has the artifact. Covers three wishes for it. */
    static final Duration UNKNOWN = Duration.ofSeconds(25);

    /** Without a new chunk for so long, nobody sends what is missing. A source must say so within a minute. */
    static final Duration STALLED = Duration.ofSeconds(45);

    /** After so many waits that another device's wish ended without bringing anything, it asks all the same. */
    private static final int MAX_SUPPRESSED = 3;

    private static final int MAX_BAD_LISTS = 3;

    private final DeviceId self;
    private final long size;
    private final RandomGenerator chance;
    private final HeardWishes heard = new HeardWishes();
    private final BitSet missing = new BitSet();

    private Optional<ArtifactInfo> info = Optional.empty();
    private Optional<HashCollector> collector = Optional.empty();
    private Optional<PieceHashes> hashes = Optional.empty();

    /** When to ask, or else to find that nothing has come. */
    private long actAt;

    /** Whether it asks at that time unless another device does before. */
    private boolean asks;

    /** Whether our own wish has not come back from the broker yet: only then its place among the others is known. */
    private boolean isWishUnderWay;

    /** When the last chunk came since somebody was asked; empty: none has. */
    private OptionalLong arrivedAt = OptionalLong.empty();

    /** Usual nanoseconds between two chunks; empty: not known yet. */
    private OptionalLong gap = OptionalLong.empty();

    private int suppressed;
    private int unanswered;
    private long progressAt;
    private int badChunks;

    /** What to do with a chunk. */
    enum Verdict {
        STORE,
        /** Not needed, or not known to be right. */
        IGNORE,
        /** Other bytes than were published. */
        BAD
    }

    /** @param size of the artifact, in bytes */
    ChunkTransfer(DeviceId self, long size, RandomGenerator chance, long now) {
        this.self = self;
        this.size = size;
        this.chance = chance;
        this.progressAt = now;
        connected(now);
    }

    /**
     * Continues an earlier transfer.
     *
     * @param have chunks that are on the disk and right
     */
    void resume(ArtifactInfo info, PieceHashes hashes, BitSet have, long now) {
        adopt(info);
        know(hashes, now);
        missing.andNot(have);
        askSoon(now);
    }

    /**
     * Somebody offers the artifact.
     *
     * @return whether it is the first offer that fits
     */
    boolean offered(ArtifactInfo offer, long now) {
        if (info.isPresent() || offer.size() != size) return false;
        adopt(offer);
        progressAt = now;
        askSoon(now);
        return true;
    }

    private void adopt(ArtifactInfo offer) {
        info = Optional.of(offer);
        collector = Optional.of(new HashCollector(offer));
        missing.set(0, offer.chunks());
    }

    /** @return whether these were the last hashes that were missing: chunks are accepted from now on */
    boolean hashes(int first, byte[] some, long now) {
        if (hashes.isPresent() || collector.isEmpty()) return false;
        Optional<PieceHashes> all = collector.get().add(first, some);
        all.ifPresent(list -> know(list, now));
        return all.isPresent();
    }

    private void know(PieceHashes list, long now) {
        hashes = Optional.of(list);
        collector = Optional.empty();
        progressAt = now;
        askSoon(now);
    }

    /** These are on the disk from another source, and right. */
    void found(BitSet chunks, long now) {
        missing.andNot(chunks);
        progressAt = now; // to read them may have taken long
    }

    /** A chunk has come. One to store must be {@link #stored}. */
    Verdict chunk(int number, byte[] bytes, long now) {
        Verdict verdict = judge(number, bytes);
        if (verdict == Verdict.BAD) badChunks++;
        heard.arrived(number);
        arrived(now);
        if (isChunkPhase() && !asks) actAt = now + quietAfterChunk();
        if (verdict != Verdict.STORE) askIfNothingIsExpected(now);
        return verdict;
    }

    private void arrived(long now) {
        if (arrivedAt.isPresent()) {
            long last = now - arrivedAt.getAsLong();
            gap = OptionalLong.of(gap.isEmpty() ? last : gap.getAsLong() + (last - gap.getAsLong()) / SMOOTHING);
        }
        arrivedAt = OptionalLong.of(now);
    }

    private Verdict judge(int number, byte[] bytes) {
        if (hashes.isEmpty() || number < 0 || !missing.get(number)) return Verdict.IGNORE;
        if (bytes.length != info.orElseThrow().length(number)) return Verdict.BAD;
        return hashes.get().matches(number, bytes) ? Verdict.STORE : Verdict.BAD;
    }

    /** A chunk is on the disk. */
    void stored(int number, long now) {
        missing.clear(number);
        suppressed = 0;
        unanswered = 0;
        progressAt = now;
        askIfNothingIsExpected(now);
    }

    /** A device asks for something, perhaps this one. */
    void heard(Wish wish, long now) {
        boolean isOwn = wish.device().equals(self);
        if (isOwn) isWishUnderWay = false;
        heard.add(wish.chunks());
        boolean isSame = isChunkPhase()
                ? heard.expectsOneOf(missing)
                : info.isEmpty() ? wish.info() : wish.pieces().isPresent();
        if (isOwn) askIfNothingIsExpected(now);
        if (isOwn || !isSame || !asks || suppressed == MAX_SUPPRESSED) return;
        suppressed++;
        asks = false;
        actAt = now + quiet();
    }

    /** There is a new connection: what was under way on the one before does not come. */
    void connected(long now) {
        heard.clear();
        isWishUnderWay = false;
        if (isComplete()) return;
        askSoon(now);
        if (info.isEmpty()) actAt += FIRST_LOOK.toNanos();
    }

    /** What to ask for now. */
    Optional<Wish> due(long now) {
        if (isComplete() || now - actAt < 0) return Optional.empty();
        if (!asks) {
            unanswered++;
            heard.clear();
            isWishUnderWay = false;
            askSoon(now);
            return Optional.empty();
        }
        asks = false;
        arrivedAt = OptionalLong.empty();
        actAt = now + quiet();
        suppressed = 0;
        if (info.isEmpty()) return Optional.of(Wish.ofInfo(self));
        int chunk = info.get().chunk();
        if (collector.isPresent()) {
            var range = collector.get().missing();
            return Optional.of(Wish.ofPieces(self, range.first(), range.last()).countedIn(chunk));
        }
        isWishUnderWay = true;
        return Optional.of(Wish.of(self, ChunkNumbers.firstOf(missing)).countedIn(chunk));
    }

    private void askIfNothingIsExpected(long now) {
        if (isChunkPhase() && !asks && !isWishUnderWay && !isComplete() && !heard.expectsOneOf(missing)) askSoon(now);
    }

    private void askSoon(long now) {
        asks = true;
        actAt = now + WishWait.next(chance);
    }

    private long quiet() {
        return spread(QUIET.toNanos());
    }

    /** A publisher sends at its pace: when the next chunk is long overdue, what was asked for is lost. */
    private long quietAfterChunk() {
        if (gap.isEmpty()) return quiet();
        long overdue = Math.max(SHORTEST_QUIET.toNanos(), USUAL_GAPS * gap.getAsLong());
        return spread(Math.min(QUIET.toNanos(), overdue));
    }

    private long spread(long nanos) {
        return nanos + chance.nextLong(nanos / 6);
    }

    private boolean isChunkPhase() {
        return hashes.isPresent();
    }

    /** Nanoseconds until {@link #due} or {@link #problem} may have something. */
    long untilDue(long now) {
        return Math.max(0, Math.min(actAt - now, limit().toNanos() - (now - progressAt)));
    }

    /** Why it makes no sense to wait any longer. */
    Optional<String> problem(long now) {
        if (collector.isPresent() && collector.get().badLists() == MAX_BAD_LISTS) {
            return Optional.of("the hashes of its chunks are not those that its info promises");
        }
        if (isComplete() || now - progressAt < limit().toNanos()) return Optional.empty();
        return Optional.of(info.isEmpty() ? "nobody offers it" : "nobody sends what is missing (" + progress() + ")");
    }

    private Duration limit() {
        return info.isEmpty() ? UNKNOWN : STALLED;
    }

    private String progress() {
        if (hashes.isEmpty()) return "the hashes of its chunks";
        String bad = badChunks == 0 ? "" : ", " + badChunks + " were bad";
        return missing.cardinality() + " of " + info.orElseThrow().chunks() + " chunks" + bad;
    }

    /** Whether all chunks are on the disk. */
    boolean isComplete() {
        return isChunkPhase() && missing.isEmpty();
    }

    Optional<ArtifactInfo> info() {
        return info;
    }

    /** All hashes, once they are known. */
    Optional<PieceHashes> hashes() {
        return hashes;
    }

    /** How many chunks are on the disk. */
    int have() {
        return info.map(known -> known.chunks() - missing.cardinality()).orElse(0);
    }

    boolean isMissing(int number) {
        return missing.get(number);
    }

    /** How many wishes in a row brought nothing: another group may be better. */
    int unanswered() {
        return unanswered;
    }
}
