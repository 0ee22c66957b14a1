package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.fleet.desired.Standing.Phase;
import io.efka.fleet.view.Document;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandingTest {
    private static Standing standing(String report, boolean isNew) {
        var document = new Document(JsonParser.parseString(report).getAsJsonObject());
        return Standing.of(Optional.of(document), isNew, 12);
    }

    @ParameterizedTest
    @CsvSource({
        "12, done, false, DONE",
        "12, waiting, true, UNDER_WAY",
        "12, held, true, UNDER_WAY",
        "12, applying, true, UNDER_WAY",
        "12, something_new, true, UNDER_WAY",
        "12, rolled_back, true, FAILED",
        "12, failed, true, FAILED",
        "12, conflict, true, FAILED",
        "12, refused, true, FAILED",
        "11, done, true, SILENT",
        "11, rolled_back, true, SILENT",
        "11, refused, true, FAILED",
        "11, stale, true, FAILED",
        "11, refused, false, SILENT",
        "13, done, true, FAILED",
    })
    void aReportIsJudged(long revision, String state, boolean isNew, Phase phase) {
        Standing standing = standing("{\"revision\":" + revision + ",\"state\":\"" + state + "\"}", isNew);

        assertThat(standing.phase()).isEqualTo(phase);
    }

    @Test
    void theWordsAreThoseOfTheDevice() {
        assertThat(standing(
                                "{\"revision\":12,\"state\":\"rolled_back\",\"error\":{\"code\":\"unhealthy\",\"message\":\"it ended\"}}",
                                true)
                        .words())
                .isEqualTo("rolled_back: unhealthy: it ended");
        assertThat(standing("{\"revision\":12,\"state\":\"waiting\",\"until\":\"2026-01-01T02:00:00Z\"}", true)
                        .words())
                .isEqualTo("waiting until 2026-01-01T02:00:00Z");
        assertThat(Standing.of(Optional.empty(), false, 12).words()).isEqualTo("no report");
    }
}
