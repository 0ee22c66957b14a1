package io.efka.transfer;

import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.PieceHashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An artifact and who sends it: makes its messages. Each chunk is read from the file when it is sent, and must have the
 * hash that it had when the artifact was read.
 *
 * @param by a name that no other sender has
 * @param isPeer whether the sender is a device that helps out
 */
public record ServedArtifact(
        Path file, ArtifactTopics topics, ArtifactInfo info, PieceHashes hashes, String by, boolean isPeer) {
    /** How long the broker keeps the info after it was published last. */
    private static final Duration INFO_EXPIRY = Duration.ofDays(7);

    /** Chunks that nobody fetches are worth nothing to a device that comes later: it asks again. */
    private static final Duration EXPIRY = Duration.ofMinutes(10);

    Message infoMessage() {
        return new Message(topics.info(), info.json(), 1, true, properties("application/json", INFO_EXPIRY));
    }

    Message hashesMessage(int first, int count) {
        Properties properties = properties("application/octet-stream", EXPIRY).with("first", String.valueOf(first));
        return new Message(topics.pieces(), hashes.slice(first, count), 1, false, properties);
    }

    Message message(String topic, byte[] json) {
        return new Message(topic, json, 1, false, properties("application/json", EXPIRY));
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
