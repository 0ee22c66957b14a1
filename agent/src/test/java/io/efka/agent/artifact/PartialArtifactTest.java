package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part that is written in any order. */
final class PartialArtifactTest {
    private final byte[] content = new byte[1_000];

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void create() {
        new Random(1).nextBytes(content);
        file = folder.resolve("part");
    }

    private PartialArtifact open() throws IOException {
        return new PartialArtifact(file, Sha256.of(content), content.length, bytes -> {});
    }

    private byte[] piece(int from, int to) {
        return Arrays.copyOfRange(content, from, to);
    }

    private void assertComplete(PartialArtifact part) throws IOException {
        assertThat(part.isComplete()).isTrue();
        assertThat(part.found()).isEqualTo(Sha256.of(content));
        Path artifact = folder.resolve("artifact");
        part.keepAs(artifact);
        assertThat(artifact).hasBinaryContent(content);
    }

    @Test
    void isWholeOnceItHasAdvancedOverAllPieces() throws IOException {
        PartialArtifact part = open();
        part.writeNotes(0, new byte[] {1});
        part.writeAhead(600, piece(600, 1_000));
        part.writeAhead(0, piece(0, 300));
        part.advance(300);
        assertThat(part.received()).isEqualTo(300);
        part.writeAhead(300, piece(300, 600));
        part.advance(1_000);

        assertComplete(part);
    }

    @Test
    void keepsNotesAndPiecesOverARestart() throws IOException {
        try (PartialArtifact part = open()) {
            part.writeNotes(0, new byte[] {7, 8, 9});
            part.writeAhead(600, piece(600, 1_000));
            part.writeAhead(0, piece(0, 300));
            part.advance(300);
        }

        PartialArtifact again = open();
        assertThat(again.received()).isEqualTo(300);
        assertThat(again.readNotes(1, 2)).containsExactly(8, 9);
        assertThat(again.read(600, 400)).isEqualTo(piece(600, 1_000));
        again.append(piece(300, 600), 300); // a source that goes on from the beginning
        again.advance(1_000);
        assertComplete(again);
    }

    @Test
    void ofASourceThatOnlyAppendsHasNoNotes() throws IOException {
        PartialArtifact part = open();
        part.append(content, 400);
        assertThat(Files.size(file)).isEqualTo(400);
        assertThat(part.readNotes(0, 2)).containsExactly(0, 0);
    }

    @Test
    void begunAnewHasNeitherNotesNorPieces() throws IOException {
        PartialArtifact part = open();
        part.writeNotes(0, new byte[] {7});
        part.writeAhead(600, piece(600, 1_000));
        part.restart();

        assertThat(part.readNotes(0, 1)).containsExactly(0);
        part.append(content, 1_000);
        assertComplete(part);
    }

    @Test
    void withDamagedNotesIsBegunAnew() throws IOException {
        try (PartialArtifact part = open()) {
            part.writeNotes(0, new byte[] {7});
        }
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(content.length);
            channel.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}));
        }

        PartialArtifact again = open();
        assertThat(again.received()).isZero();
        assertThat(again.readNotes(0, 1)).containsExactly(0);
    }

    @Test
    void countsAnewWhatIsInTheFile() throws IOException {
        PartialArtifact part = open();
        part.append(new byte[500], 500); // another version's
        part.recount();
        assertThat(part.received()).isZero();
        part.writeAhead(0, content);
        part.advance(1_000);

        assertComplete(part);
    }
}
