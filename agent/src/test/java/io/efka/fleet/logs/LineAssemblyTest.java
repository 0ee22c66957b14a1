package io.efka.fleet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineAssemblyTest {
    private final List<LogLine> lines = new ArrayList<>();
    private final LineAssembly assembly = new LineAssembly(new StreamId("dev1", "cam", "stdout"), lines::add);

    private void add(long offset, String text) {
        assembly.add(new OutputChunk(offset, text.getBytes(StandardCharsets.UTF_8), Optional.empty()));
    }

    @Test
    void aLineMayComeInPieces() {
        add(10, "on");
        add(12, "e\ntw\u00f6\n\nthr");

        assertThat(lines).extracting(LogLine::text).containsExactly("one", "tw\u00f6", "");
        assertThat(lines).extracting(line -> line.offset().orElseThrow()).containsExactly(10L, 14L, 19L);
        assembly.end();
        assertThat(lines).extracting(LogLine::text).endsWith("thr");
    }

    @Test
    void whatIsOnTwoSidesOfAGapIsNotOneLine() {
        add(0, "begun");
        add(100, "ended\n");

        assertThat(lines).extracting(LogLine::text).containsExactly("begun", "ended");
        assertThat(lines).extracting(line -> line.offset().orElseThrow()).containsExactly(0L, 100L);
    }

    @Test
    void aLineWithoutAnEndIsCut() {
        add(0, "x".repeat(200_000));

        assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line.text()).hasSize(64 * 1024));
    }

    @Test
    void bytesThatAreNoTextAreShownAsUnknown() {
        assembly.add(new OutputChunk(0, new byte[] {(byte) 0xff, 'a', '\n'}, Optional.empty()));

        assertThat(lines).extracting(LogLine::text).containsExactly("\ufffda");
    }
}
