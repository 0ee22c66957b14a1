package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether there is anybody but root whom root could become. */
final class PrivilegesTest {
    @ParameterizedTest
    @CsvSource({
        "'         0          0 4294967295', true",
        "'         0       1000          1', false",
        "'         0       1000          1\n         1     100000      65536', true",
        "'', true"
    })
    void isToldByTheMapOfItsNamespace(String map, boolean others) {
        assertThat(Privileges.hasOtherUsers(map)).isEqualTo(others);
    }
}
