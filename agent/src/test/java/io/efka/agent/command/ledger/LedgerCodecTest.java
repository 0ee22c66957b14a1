package io.efka.agent.command.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of the ledger as earlier agents wrote them, and as none did: those are refused in a way that its reader expects. */
final class LedgerCodecTest {
    private static final String DONE_BY_0_1_0 =
            "{\"v\":1,\"number\":7,\"digest\":\"d\",\"accepted\":\"2026-11-22T20:15:00Z\","
                    + "\"done\":{\"at\":\"2026-11-22T20:15:01Z\",\"topic\":\"answers/1\",\"correlation\":\"MQ==\","
                    + "\"reply\":\"{}\",\"replied\":false}}";

    @Test
    void ofTheFirstVersionAreRead() {
        LedgerEntry entry = LedgerCodec.decode("1", DONE_BY_0_1_0);
        var to = new ReplyTo("answers/1", Optional.of("MQ=="), Optional.empty());
        var at = Instant.parse("2026-11-22T20:15:01Z");
        assertThat(entry.stage()).isEqualTo(new LedgerEntry.Done(at, to, "{}", false));
        assertThat(LedgerCodec.encode(entry)).isEqualTo(DONE_BY_0_1_0);
    }

    @Test
    void ofOwedRepliesAreReadAsTheyWereWritten() {
        var to = new ReplyTo("answers/1", Optional.of("MQ=="), Optional.of(Instant.parse("2026-11-22T20:15:01Z")));
        assertThat(LedgerCodec.decodeOwed("\n3", LedgerCodec.encodeOwed("1", to)))
                .isEqualTo(new OwedReplies.Owed("\n3", "1", to));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"v\":null}",
                "{\"v\":{}}",
                "{\"v\":\"x\"}",
                "{\"v\":2}",
                "{\"v\":1,\"done\":7}",
                "{\"v\":1,\"request\":[]}",
                "{\"v\":1,\"request\":{\"topic\":\"a\",\"payload\":\"\",\"run\":\"x\"}}",
                "{\"v\":1,\"request\":{\"topic\":\"a\",\"payload\":\"\",\"state\":\"WELL\"}}",
                "{\"v\":1,\"request\":{\"topic\":\"a\",\"payload\":\"\",\"correlation\":\"?\"}}"
            })
    void areNoEntries(String document) {
        assertThatThrownBy(() -> LedgerCodec.decode("id", document)).isInstanceOf(IllegalArgumentException.class);
    }
}
