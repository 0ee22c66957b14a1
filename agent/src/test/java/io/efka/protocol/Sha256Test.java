package io.efka.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class Sha256Test {
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void isOfBytes() {
        assertThat(Sha256.of(new byte[0])).hasToString(OF_NOTHING);
        assertThat(Sha256.of(Sha256.newDigest())).isEqualTo(new Sha256(OF_NOTHING));
    }

    @Test
    void isReadFromLowerCaseDigitsOnly() {
        assertThat(Sha256.parse(OF_NOTHING)).contains(new Sha256(OF_NOTHING));
        assertThat(Sha256.parse(OF_NOTHING.toUpperCase(Locale.ROOT))).isEmpty();
        assertThat(Sha256.parse(OF_NOTHING + "\n")).isEmpty();
        assertThatThrownBy(() -> new Sha256("12"))
                .hasMessage("bad sha256 \"12\": must be 64 hexadecimal digits in lower case");
    }
}
