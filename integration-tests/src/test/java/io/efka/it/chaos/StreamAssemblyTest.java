package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamAssemblyTest {
    @TempDir
    private Path folder;

    private StreamAssembly stream;

    @BeforeEach
    void open() {
        stream = new StreamAssembly(folder.resolve("stream"));
    }

    @AfterEach
    void close() {
        stream.close();
    }

    @Test
    void whatComesTwiceTheSameIsFine() {
        stream.add(0, bytes("abcdef"), 0);
        stream.add(3, bytes("defghi"), 0);

        assertThat(stream.read(0, stream.end())).isEqualTo(bytes("abcdefghi"));
        assertThat(stream.changed()).isZero();
        assertThat(stream.repeated()).isEqualTo(3);
    }

    @Test
    void whatComesTwiceAndDiffersIsCounted() {
        stream.add(0, bytes("abcdef"), 0);
        stream.add(3, bytes("dXXghi"), 0);

        assertThat(stream.changed()).isEqualTo(2);
    }

    @Test
    void anAnnouncementCoversWhatItNames() {
        stream.add(0, bytes("abc"), 0);
        stream.add(10, bytes("def"), 0);
        stream.announce(3, 5);

        assertThat(stream.unannounced(stream.holes().get(0))).isEqualTo(2);
    }

    @Test
    void onlyAKilledBrokerExcusesAHole() {
        stream.add(0, bytes("abc"), 0);
        stream.add(10, bytes("def"), 0);
        stream.add(20, bytes("ghi"), 1);

        assertThat(stream.holes().get(0).excused()).isFalse();
        assertThat(stream.holes().get(1).excused()).isTrue();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
