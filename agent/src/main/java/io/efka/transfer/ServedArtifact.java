package io.efka.transfer;

import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.PieceHashes;
import io.efka.threads.AgentThread;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An artifact that is sent in one group: makes its messages. Each chunk is read from the file when it is sent, and must
 * have the hash that it had when the artifact was read.
 */
public record ServedArtifact(Path file, ArtifactTopics topics, ArtifactInfo info, PieceHashes hashes) {
    /** How long the broker keeps the info after it was published last. */
    private static final Duration INFO_EXPIRY = Duration.ofDays(7);

    /** A device that comes later asks for what it needs. */
    private static final Duration EXPIRY = Duration.ofMinutes(10);

    /** Room in a packet for the topic and the properties. */
    static final int HEAD = 1024;

    private static final int MAX_NAME = 128;

    /**
     * Reads a file, for its hashes.
     *
     * @param expected empty: whatever it has
     * @param maxPacket that the broker takes, in bytes: chunks are smaller if need be
     * @param asked the size of the chunks that are asked for; another one if it does not fit the broker or the file
     * @throws IOException if it cannot be read, is empty, is too large (4 GiB) or has another hash
     */
    public static ServedArtifact read(
            Path file, String prefix, GroupId group, Optional<Sha256> expected, long maxPacket, OptionalInt asked)
            throws IOException {
        MessageDigest digest = Sha256.newDigest();
        long size = Files.size(file);
        boolean isPossible = asked.isPresent()
                && asked.getAsInt() + HEAD <= maxPacket
                && size <= (long) asked.getAsInt() * ArtifactInfo.MAX_CHUNKS;
        int chunk = isPossible ? asked.getAsInt() : chunk(maxPacket);
        if (size == 0) throw new IOException(file + " must not be empty");
        if (size > (long) chunk * ArtifactInfo.MAX_CHUNKS) {
            throw new IOException(file + " must have at most " + (long) chunk * ArtifactInfo.MAX_CHUNKS
                    + " bytes to be sent over the broker, has " + size);
        }
        PieceHashes hashes;
        try (InputStream in = new SteppingInput(Files.newInputStream(file))) {
            hashes = PieceHashes.read(in, size, chunk, digest);
            if (in.read() >= 0) throw new IOException(file + " has become longer while it was read");
        }
        Sha256 found = Sha256.of(digest);
        if (expected.isPresent() && !found.equals(expected.get())) {
            throw new IOException(file + " has the SHA-256 " + found + ", expected " + expected.get());
        }
        var info = new ArtifactInfo(name(file), size, chunk, hashes.digest());
        return new ServedArtifact(file, new ArtifactTopics(prefix, group, found), info, hashes);
    }

    /** Reading a large file takes minutes on a slow card, and the agent ends itself if a thread does not move for so long. */
    private static final class SteppingInput extends FilterInputStream {
        SteppingInput(InputStream file) {
            super(file);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            AgentThread.step();
            return super.read(bytes, offset, length);
        }
    }

    /** The largest power of two that fits. */
    private static int chunk(long maxPacket) {
        int chunk = ArtifactInfo.CHUNK;
        while (chunk > ArtifactInfo.MIN_CHUNK && chunk + HEAD > maxPacket) chunk /= 2;
        return chunk;
    }

    private static String name(Path file) {
        String name = String.valueOf(file.getFileName()).replaceAll("\\p{Cntrl}", "?");
        return name.substring(0, Math.min(name.length(), MAX_NAME));
    }

    Message infoMessage() {
        return new Message(topics.info(), info.json(), 1, true, properties("application/json", INFO_EXPIRY));
    }

    Message hashesMessage(int first, int count) {
        Properties properties = properties("application/octet-stream", EXPIRY).with("first", String.valueOf(first));
        return new Message(topics.pieces(), hashes.slice(first, count), 1, false, properties);
    }

    Message answerMessage(SenderId by, ChunkNumbers chunks) {
        byte[] json = new Answer(by.name(), by.isPeer(), chunks).json();
        return new Message(topics.answer(), json, 1, false, properties("application/json", EXPIRY));
    }

    Message chunkMessage(int number) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(info.length(number));
        try (FileChannel channel = FileChannel.open(file)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, info.offset(number) + bytes.position()) < 0) {
                    throw new IOException(file + " has become shorter while it was sent");
                }
            }
        }
        if (!hashes.matches(number, bytes.array())) throw new IOException(file + " has changed while it was sent");
        return new Message(
                topics.chunk(number), bytes.array(), 1, false, properties("application/octet-stream", EXPIRY));
    }

    private static Properties properties(String type, Duration expiry) {
        return new Properties(
                Optional.of(type), Optional.empty(), Optional.empty(), OptionalLong.of(expiry.toSeconds()), List.of());
    }
}
