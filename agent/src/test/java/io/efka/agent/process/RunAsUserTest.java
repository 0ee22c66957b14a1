package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RunAsUser;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which accounts a program may be started as. */
final class RunAsUserTest {
    private static final Path ANYWHERE = Path.of("/");

    /** To the system calls -1 means "leave it as it is": the program would run as the agent itself. */
    @ParameterizedTest
    @ValueSource(strings = {"4294967295", "4294967296", "9999999999"})
    void noAccountHasTheNumberThatMeansLeaveItAsItIs(String number) {
        assertThatThrownBy(() -> RunAsUser.of(service().user(number).manifest().program()))
                .isInstanceOf(LaunchRefused.class)
                .hasMessageContaining(number)
                .hasMessageContaining("4294967294");
        assertThatThrownBy(() -> RunAsUser.of(service().group(number).manifest().program()))
                .isInstanceOf(LaunchRefused.class)
                .hasMessageContaining("4294967294");
    }

    @Nested
    class TheDataBase {
        @BeforeEach
        void onlyRootSwitchesUsers() {
            assumeTrue(RunAsUser.ownUid() == 0, "only root can switch users");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ghost:x:4294967295:1:::",
                    "ghost:x:1:4294967295:::",
                    "ghost:x:0x7:1:::",
                    "ghost:x:::::",
                    "ghost:x:-1:1:::",
                    "ghost:x:99999999999999999999:1:::"
                })
        void anEntryWithoutAUsableNumberIsRefusedAndBreaksNothing(String line) {
            assertThatThrownBy(() -> RunAsUser.parse("ghost", line))
                    .isInstanceOf(LaunchRefused.class)
                    .hasMessageContaining("ghost");
        }

        @Test
        void anEntryIsTheAccount() throws LaunchRefused {
            assertThat(RunAsUser.parse("cam", "cam:x:7:8:A camera:/home/cam:/bin/sh"))
                    .isEqualTo(new RunAsUser("cam", 7, 8, "/home/cam", true));
        }
    }

    private static TestService service() {
        return TestService.program(ANYWHERE, "/bin/true");
    }
}
