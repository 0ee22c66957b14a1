package io.efka.agent.artifact.mqtt;

import io.efka.protocol.artifact.ChunkNumbers;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What devices have asked for and nobody has sent yet, in the order of the wishes. Publishers answer in that order, and the
 * broker keeps the order of each publisher: once a chunk of a later wish has come, the rest of the earlier ones is lost.
 * Where two publishers answer this is only likely, and costs at most a chunk that comes twice. Not thread-safe.
 */
final class HeardWishes {
    /** Older wishes count as lost. A publisher is not so far behind. */
    private static final int MAX = 64;

    private final Deque<Set<Integer>> wishes = new ArrayDeque<>();

    /** A device asks for these. What is expected already stays where it is. */
    void add(ChunkNumbers chunks) {
        Set<Integer> expected = new LinkedHashSet<>(chunks.all());
        wishes.forEach(expected::removeAll);
        if (expected.isEmpty()) return;
        wishes.add(expected);
        if (wishes.size() > MAX) wishes.remove();
    }

    /** A chunk has come, good or bad. */
    void arrived(int number) {
        if (wishes.stream().noneMatch(wish -> wish.contains(number))) return;
        while (!wishes.element().contains(number)) wishes.remove();
        wishes.element().remove(number);
        if (wishes.element().isEmpty()) wishes.remove();
    }

    /** Whether one of these is still to come. */
    boolean expectsOneOf(BitSet numbers) {
        return wishes.stream().anyMatch(wish -> wish.stream().anyMatch(numbers::get));
    }

    /** Nothing of it comes any more. */
    void clear() {
        wishes.clear();
    }
}
