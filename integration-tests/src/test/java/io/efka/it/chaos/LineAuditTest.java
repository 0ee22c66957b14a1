package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineAuditTest {
    private static final List<String> JOURNAL = List.of("1 1", "1 2", "1 3", "2 1", "2 2");

    @Test
    void whatTheJournalSaysIsFine() {
        LineAudit audit = audit(JOURNAL, line(1, 1) + line(1, 2) + line(1, 3) + line(2, 1) + line(2, 2));

        assertThat(audit.verified()).isEqualTo(5);
        assertClean(audit);
    }

    @Test
    void aLineThatIsNotThereIsMissing() {
        LineAudit audit = audit(JOURNAL, line(1, 1) + line(1, 3) + line(2, 1) + line(2, 2));

        assertThat(audit.missing()).isEqualTo(line(1, 2).length());
        assertThat(audit.foreign()).isZero();
    }

    @Test
    void aTailThatIsNotThereIsMissing() {
        LineAudit audit = audit(JOURNAL, line(1, 1) + line(1, 2) + line(1, 3));

        assertThat(audit.missing()).isEqualTo(2L * line(2, 1).length());
    }

    @Test
    void aChangedByteIsForeign() {
        String changed = line(1, 2).replace("fill", "f1ll");

        LineAudit audit = audit(JOURNAL, line(1, 1) + changed + line(1, 3) + line(2, 1) + line(2, 2));

        assertThat(audit.foreign()).isEqualTo(changed.length());
    }

    @Test
    void aLineThatComesTwiceIsForeign() {
        LineAudit audit = audit(JOURNAL, line(1, 1) + line(1, 1) + line(1, 2) + line(1, 3) + line(2, 1) + line(2, 2));

        assertThat(audit.foreign()).isEqualTo(line(1, 1).length());
    }

    @Test
    void aWriterThatIsKilledMayNotHaveNotedItsLastLine() {
        assertClean(audit(JOURNAL, line(1, 1) + line(1, 2) + line(1, 3) + line(1, 4) + line(2, 1) + line(2, 2)));
    }

    @Test
    void ofAFailedWriteAnyBeginningIsFine() {
        var journal = List.of("1 1", "1 2 failed", "1 3 failed", "1 4");

        assertClean(audit(journal, line(1, 1) + line(1, 4)));
        assertClean(audit(journal, line(1, 1) + line(1, 2).substring(0, 20) + line(1, 4)));
        assertClean(audit(journal, line(1, 1) + line(1, 2).substring(0, 3) + line(1, 4)));
    }

    @Test
    void afterAHoleItGoesOnWithAnyLaterLine() {
        LineAudit audit = new LineAudit(JOURNAL, "fill");

        audit.take(bytes(line(1, 1)), false);
        audit.take(bytes(line(1, 3).substring(5) + line(2, 1) + line(2, 2)), true);
        audit.end();

        assertClean(audit);
    }

    @Test
    void afterAHoleATailThatIsNotThereIsMissingAllTheSame() {
        LineAudit audit = new LineAudit(JOURNAL, "fill");

        audit.take(bytes(line(1, 1)), false);
        audit.take(bytes(line(1, 3).substring(5) + line(2, 1)), true);
        audit.end();

        assertThat(audit.missing()).isEqualTo(line(2, 2).length());
    }

    private static LineAudit audit(List<String> journal, String stream) {
        LineAudit audit = new LineAudit(journal, "fill");
        audit.take(bytes(stream), false);
        audit.end();
        return audit;
    }

    private static void assertClean(LineAudit audit) {
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.missing()).isZero();
        assertThat(audit.foreign()).isZero();
    }

    private static String line(int start, int number) {
        return String.format("%08d %08d fill\n", start, number);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
