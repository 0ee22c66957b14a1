package io.efka.agent.process.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What services get of the agent's environment. */
final class InheritedEnvironmentTest {
    @Test
    void whatSystemdAndTheOperatorToldTheAgentIsTakenOut() {
        var environment = new HashMap<String, String>(Map.of(
                "NOTIFY_SOCKET", "/run/systemd/notify",
                "LISTEN_FDS", "1",
                "INVOCATION_ID", "c0ffee",
                "JAVA_TOOL_OPTIONS", "-Xmx8m",
                "CREDENTIALS_DIRECTORY", "/run/credentials/efka.service",
                "EFKA_PASSWORD_FILE", "/etc/efka/password",
                "PATH", "/bin",
                "LANG", "C.UTF-8"));

        InheritedEnvironment.clean(environment);

        assertThat(environment).containsOnlyKeys("PATH", "LANG");
    }

    @Test
    void whatAShellWouldDropIsFoundInTheKernelsBytes() {
        String environ = bytes("PATH=/bin\0my.var=grün\0A-B=x=y\0=odd\0EFKA_x.y=secret\0none\0");

        assertThat(InheritedEnvironment.unnameable(environ)).isEqualTo(Map.of("my.var", "grün", "A-B", "x=y"));
    }

    @Test
    void whatIsNoTextIsLeftOut() {
        assertThat(InheritedEnvironment.unnameable("a.b=\u00ff\0c.d=1\0")).isEqualTo(Map.of("c.d", "1"));
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
