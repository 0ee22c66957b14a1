package io.efka.agent.artifact.mqtt;

import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ChunkNumbers.Range;
import io.efka.protocol.artifact.PieceHashes;
import java.util.BitSet;
import java.util.Optional;

/** Collects the hashes of an artifact's chunks from messages, until all are there and are those of the info. Not thread-safe. */
final class HashCollector {
    private final ArtifactInfo info;
    private final byte[] hashes;
    private final BitSet missing = new BitSet();
    private int badLists;

    HashCollector(ArtifactInfo info) {
        this.info = info;
        this.hashes = new byte[info.chunks() * PieceHashes.BYTES];
        missing.set(0, info.chunks());
    }

    /** @return all hashes, with the last message that was missing */
    Optional<PieceHashes> add(int first, byte[] some) {
        int count = some.length / PieceHashes.BYTES;
        if (some.length % PieceHashes.BYTES != 0 || first < 0 || first > info.chunks() - count) return Optional.empty();
        if (missing.isEmpty()) return Optional.empty();
        System.arraycopy(some, 0, hashes, first * PieceHashes.BYTES, some.length);
        missing.clear(first, first + count);
        if (!missing.isEmpty()) return Optional.empty();
        PieceHashes all = PieceHashes.of(hashes);
        if (all.digest().equals(info.pieces())) return Optional.of(all);
        badLists++;
        missing.set(0, info.chunks());
        return Optional.empty();
    }

    /** The chunks whose hashes are missing, from the first to the last; there must be one. */
    Range missing() {
        return new Range(missing.nextSetBit(0), missing.length() - 1);
    }

    /** How often all hashes were there, but not those of the info. */
    int badLists() {
        return badLists;
    }
}
