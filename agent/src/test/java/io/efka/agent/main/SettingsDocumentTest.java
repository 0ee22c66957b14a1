package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.docs.Markdown;
import io.efka.threads.ExitCode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds what {@code agent/docs/protocol.md} says of settings and exit codes against the code. */
final class SettingsDocumentTest {
    @Test
    void everySettingIsInTheProtocolDocumentAsTheHelpSaysIt() {
        List<List<String>> settings = Arrays.stream(Setting.values())
                .map(setting -> List.of(
                        setting.flag() + " " + setting.placeholder(),
                        setting.environment(),
                        setting.key(),
                        setting.help()))
                .toList();
        List<List<String>> rows = Markdown.protocol().table("| flag | variable | key | meaning | range |").stream()
                .map(row -> row.subList(0, 4))
                .toList();
        assertThat(rows).isEqualTo(settings);
    }

    @Test
    void everyExitCodeIsInTheProtocolDocumentAsTheHelpSaysIt() {
        List<List<String>> codes = Arrays.stream(ExitCode.values())
                .map(code -> List.of(Integer.toString(code.number()), code.meaning()))
                .toList();
        assertThat(Markdown.protocol().table("| code | meaning |")).isEqualTo(codes);
    }
}
