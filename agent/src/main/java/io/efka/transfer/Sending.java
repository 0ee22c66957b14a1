package io.efka.transfer;

import io.efka.mqtt.Message;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.ChunkNumbers;
import java.io.IOException;

/** One message of an artifact that is to be sent. */
sealed interface Sending {
    /** Makes the message; reads the file for it. */
    Message of(ServedArtifact artifact) throws IOException;

    /** The retained info. */
    record Info() implements Sending {
        @Override
        public Message of(ServedArtifact artifact) {
            return artifact.infoMessage();
        }
    }

    /** Hashes of some chunks. */
    record Hashes(int first, int count) implements Sending {
        @Override
        public Message of(ServedArtifact artifact) {
            return artifact.hashesMessage(first, count);
        }
    }

    /** Says which chunks follow. */
    record Announcement(ChunkNumbers chunks) implements Sending {
        @Override
        public Message of(ServedArtifact artifact) {
            return artifact.message(
                    artifact.topics().answer(), new Answer(artifact.by(), artifact.isPeer(), chunks).json());
        }
    }

    record Chunk(int number) implements Sending {
        @Override
        public Message of(ServedArtifact artifact) throws IOException {
            return artifact.chunkMessage(number);
        }
    }
}
