package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextDocumentTest {
    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static JsonObject document(long revision, String release) {
        JsonObject json = json("{\"services\":{\"cam\":{\"release\":\"" + release + "\"}}}");
        if (revision > 0) json.addProperty("revision", revision);
        return json;
    }

    /** 0 stands for what is not given. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0,  1",
        "0, 12, 0, 0,  13",
        "12, 12, 0, 0,  13",
        "20, 12, 0, 0,  20",
        "0, 12, 0, 30,  30",
        "7, 12, 0, 30,  30",
        "0, 0, 9, 0,  10",
        "0, 3, 9, 0,  10",
        "3, 3, 9, 0,  10",
        "11, 3, 9, 0,  11",
    })
    void itGetsTheNextRevision(long own, long present, long reported, long asked, long expected) {
        NextDocument next = next(own, present, reported, asked);

        assertThat(next.revision()).isEqualTo(expected);
        assertThat(next.isUnchanged()).isFalse();
        assertThat(new String(next.payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"revision\":" + expected + ",\"services\":{\"cam\":{\"release\":\"2\"}}}");
    }

    private static NextDocument next(long own, long present, long reported, long asked) {
        return NextDocument.of(
                document(own, "2"),
                present == 0 ? Optional.empty() : Optional.of(document(present, "1")),
                reported,
                asked == 0 ? OptionalLong.empty() : OptionalLong.of(asked));
    }

    @ParameterizedTest
    @CsvSource({
        "11, 12, 0, 0, 'revision must be above 12, the one at the broker, was 11: the file was made from an older one'",
        "5, 3, 9, 0, 'revision must be above 9, which devices report, was 5'",
        "0, 12, 0, 12, '--revision must be above 12, the one at the broker, was 12'",
        "0, 12, 15, 13, '--revision must be above 15, which devices report, was 13'",
        "0, 9007199254740991, 0, 0, 'there is no revision above 9007199254740991'",
    })
    void whatWouldBeStaleIsRefused(long own, long present, long reported, long asked, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> next(own, present, reported, asked))
                .withMessageStartingWith(message);
    }

    @Test
    void whatIsThereAlreadyIsNotPublishedAgain() {
        Optional<JsonObject> present = Optional.of(json("{\"revision\":12,\"services\":{\"a\":{},\"b\":{}},\"v\":1}"));
        JsonObject same = json("{\"services\":{\"b\":{},\"a\":{}}}");

        assertThat(NextDocument.of(same, present, 12, OptionalLong.empty()).isUnchanged())
                .isTrue();
        assertThat(NextDocument.of(same, present, 0, OptionalLong.of(12)).isUnchanged())
                .isTrue();
        NextDocument newer = NextDocument.of(same, present, 14, OptionalLong.empty());
        assertThat(newer.isUnchanged()).as("devices have a later one").isFalse();
        assertThat(newer.revision()).isEqualTo(15);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"services\":{\"cam\":{\"artifact\":{\"url\":\"https://x\",\"sha256\":\"00\",\"size\":1}}}} | services.cam.artifact.sha256 must be 64 hexadecimal digits in lower case, was \"00\"",
                "{\"services\":{\"cam\":{\"min_healthy\":\"soon\"}}} | services.cam.min_healthy must be a duration",
                "{\"services\":{\"cam\":{\"manifest\":{\"service_id\":\"rec\",\"exec\":\"run.sh\",\"health_check\":\"process:\"}}}} | services.cam.manifest.service_id must be \"cam\", the name of its entry, was \"rec\"",
                "{\"services\":{\"cam\":{\"manifest\":{\"service_id\":\"cam\",\"health_check\":\"process:\"}}}} | services.cam.manifest.exec",
                "{\"services\":{},\"candidate\":{\"share\":1,\"salt\":\"s\",\"services\":{\"cam\":{\"relase\":\"1\"}}}} | candidate.services.cam.relase must be left out: devices do not know it; did you mean \"release\"?",
            })
    void whatTheCommandsOfADeviceWouldRefuseIsRefused(String text, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> NextDocument.of(json(text), Optional.empty(), 0, OptionalLong.empty()))
                .withMessageStartingWith(message);
    }
}
