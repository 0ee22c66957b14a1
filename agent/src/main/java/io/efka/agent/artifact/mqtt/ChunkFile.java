package io.efka.agent.artifact.mqtt;

import io.efka.agent.artifact.Cancellation;
import io.efka.agent.artifact.PartialArtifact;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.PieceHashes;
import io.efka.threads.AgentThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * The chunks of an artifact in its part, in any order. What it is cut into, the hashes and a bit for each chunk are in the
 * notes of the part, so that a transfer goes on after a restart. Nothing of it is believed then: after a power cut a bit
 * may be on the disk and its chunk not, so each chunk is read and compared with its hash. Confined to its thread.
 */
final class ChunkFile {
    /** The info, padded with spaces: a name of 128 characters has at most 768 bytes in JSON. */
    private static final int HEADER = 1024;

    private final PartialArtifact part;
    private final Cancellation cancellation;
    private final BitSet have = new BitSet();
    private Optional<Layout> layout = Optional.empty();

    /** What the artifact is cut into, and what tells a chunk that is right. */
    record Layout(ArtifactInfo info, PieceHashes hashes) {
        int bitmapAt() {
            return HEADER + info.chunks() * PieceHashes.BYTES;
        }

        int bitmapBytes() {
            return (info.chunks() + Byte.SIZE - 1) / Byte.SIZE;
        }
    }

    ChunkFile(PartialArtifact part, Cancellation cancellation) {
        this.part = part;
        this.cancellation = cancellation;
    }

    /** The layout of an earlier transfer. */
    Optional<Layout> earlier() throws IOException {
        try {
            var info = ArtifactInfo.parse(new String(part.readNotes(0, HEADER), StandardCharsets.UTF_8)
                    .strip()
                    .getBytes(StandardCharsets.UTF_8));
            if (info.size() != part.size()) return Optional.empty();
            PieceHashes hashes = PieceHashes.of(part.readNotes(HEADER, info.chunks() * PieceHashes.BYTES));
            return hashes.digest().equals(info.pieces()) ? Optional.of(new Layout(info, hashes)) : Optional.empty();
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /**
     * Continues an earlier transfer.
     *
     * @return the chunks that are there and right
     */
    BitSet resume(Layout earlier) throws IOException {
        byte[] bitmap = part.readNotes(earlier.bitmapAt(), earlier.bitmapBytes());
        return verify(earlier, BitSet.valueOf(bitmap));
    }

    /**
     * Begins a transfer.
     *
     * @return the chunks that another source has brought, and are right
     */
    BitSet begin(Layout first) throws IOException {
        // The header last: what is before it is whole then.
        part.writeNotes(first.bitmapAt(), new byte[first.bitmapBytes()]);
        part.writeNotes(HEADER, first.hashes.slice(0, first.info.chunks()));
        byte[] header = Arrays.copyOf(first.info.json(), HEADER);
        Arrays.fill(header, first.info.json().length, HEADER, (byte) ' ');
        part.writeNotes(0, header);
        return verify(first, new BitSet());
    }

    private BitSet verify(Layout of, BitSet claimed) throws IOException {
        layout = Optional.of(of);
        for (int number = 0; number < of.info.chunks(); number++) {
            cancellation.check();
            AgentThread.step(); // a large file takes minutes on a slow card
            boolean isReceived = of.info.offset(number) + of.info.length(number) <= part.received();
            if ((isReceived || claimed.get(number)) && isRight(of, number)) have.set(number);
        }
        part.recount();
        advance();
        part.writeNotes(of.bitmapAt(), Arrays.copyOf(have.toByteArray(), of.bitmapBytes()));
        return (BitSet) have.clone();
    }

    /** One that cannot be read is fetched again. */
    private boolean isRight(Layout of, int number) {
        try {
            return of.hashes.matches(number, part.read(of.info.offset(number), of.info.length(number)));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Whether the whole has the hash that was asked for. All chunks must be there. */
    boolean isRightAsAWhole() {
        return part.isRight();
    }

    /** Writes a chunk that is right. */
    void store(int number, byte[] bytes) throws IOException {
        Layout of = layout.orElseThrow();
        part.writeAhead(of.info.offset(number), bytes);
        have.set(number);
        int index = number / Byte.SIZE;
        byte[] eight = have.get(index * Byte.SIZE, (index + 1) * Byte.SIZE).toByteArray();
        part.writeNotes(of.bitmapAt() + index, eight);
        advance();
    }

    private void advance() throws IOException {
        ArtifactInfo info = layout.orElseThrow().info;
        int next = have.nextClearBit((int) (part.received() / info.chunk()));
        long end = Math.min((long) next * info.chunk(), info.size());
        if (end > part.received()) part.advance(end);
        part.progress(bytes(info));
    }

    private long bytes(ArtifactInfo info) {
        int last = info.chunks() - 1;
        long full = (long) have.cardinality() * info.chunk();
        return have.get(last) ? full - info.chunk() + info.length(last) : full;
    }
}
