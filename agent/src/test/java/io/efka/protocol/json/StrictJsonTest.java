package io.efka.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.json.StrictJson.NotJsonException;
import org.junit.jupiter.api.Test;

/** What anybody may send must not cost more memory than it has bytes, by far. */
final class StrictJsonTest {
    @Test
    void keysThatAreThereTwiceAreNamedUpToALimit() throws NotJsonException {
        String deep = ("{\"" + "k".repeat(64) + "\":").repeat(60);
        String text = deep + "{" + "\"a\":1,".repeat(30_000) + "\"a\":1}" + "}".repeat(60);
        assertThat(text).as("as long as a command may be").hasSizeLessThan(256 * 1024);

        assertThat(StrictJson.parse(text).duplicates())
                .hasSizeBetween(1, StrictJson.MAX_DUPLICATES)
                .allMatch(path -> path.endsWith(".a"));
    }

    @Test
    void theFirstKeysThatAreThereTwiceAreNamed() throws NotJsonException {
        assertThat(StrictJson.parse("{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":3}").duplicates())
                .containsExactly("b.c", "a");
    }
}
