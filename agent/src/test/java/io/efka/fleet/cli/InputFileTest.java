package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.session.FleetException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class InputFileTest {
    @Test
    void aNameThatCannotBeOneIsNoFaultOfEfka() {
        // No locale has it, so that the test needs none.
        assertThatThrownBy(() -> InputFile.document("a\0b", InputStream.nullInputStream(), 100))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("no such name");
    }
}
