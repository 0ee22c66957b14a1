package io.efka.transfer;

import io.efka.mqtt.Message;
import io.efka.protocol.artifact.ChunkNumbers;
import java.io.IOException;

/** One message of an artifact that is to be sent. */
sealed interface Sending {
    /** Makes the message; reads the file for it. */
    Message of(ServedArtifact artifact, SenderId by) throws IOException;

    /** The retained info. */
    record Info() implements Sending {
        @Override
        public Message of(ServedArtifact artifact, SenderId by) {
            return artifact.infoMessage();
        }
    }

    /** Hashes of some chunks. */
    record Hashes(int first, int count) implements Sending {
        @Override
        public Message of(ServedArtifact artifact, SenderId by) {
            return artifact.hashesMessage(first, count);
        }
    }

    /** Says who answers, and which chunks follow. */
    record Announcement(ChunkNumbers chunks) implements Sending {
        @Override
        public Message of(ServedArtifact artifact, SenderId by) {
            return artifact.answerMessage(by, chunks);
        }
    }

    record Chunk(int number) implements Sending {
        @Override
        public Message of(ServedArtifact artifact, SenderId by) throws IOException {
            return artifact.chunkMessage(number);
        }
    }
}
