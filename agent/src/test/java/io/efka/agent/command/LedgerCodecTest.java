package io.efka.agent.command;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of the ledger that no agent wrote so: each is refused in a way that its reader expects. */
final class LedgerCodecTest {
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
