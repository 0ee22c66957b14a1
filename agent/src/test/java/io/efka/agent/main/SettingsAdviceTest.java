package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.main.SettingsReader.SettingsReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator is told that is not wrong, but probably not meant. */
final class SettingsAdviceTest {
    private static final MachineDefaults HERE =
            new MachineDefaults("dev1", false, Path.of("/home/me"), false, Map.of());

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"rw-r--r--, true", "rw-r-----, true", "rw-----w-, true", "rw-------, false", "r--------, false"})
    void aSecretThatOthersCanReachIsNamedWithTheCommandThatShutsIt(String mode, boolean isOpen) throws IOException {
        Path key = file("client.key", mode);
        Path password = file("password", mode);

        List<String> warnings = warnings(Map.of(
                Setting.KEY, key, Setting.CERT, file("client.crt", "rw-r--r--"), Setting.PASSWORD_FILE, password));

        assertThat(warnings.stream().anyMatch(w -> w.startsWith("the key file") && w.endsWith("chmod 600 " + key)))
                .isEqualTo(isOpen);
        assertThat(warnings.stream().anyMatch(w -> w.endsWith("chmod 600 " + password)))
                .isEqualTo(isOpen);
        assertThat(warnings).noneMatch(warning -> warning.contains("chmod 600") && warning.contains("client.crt"));
    }

    @Test
    void anAgentThatIsProcessOneIsToldOfZombies() {
        assertThat(SettingsAdvice.onPid(1).orElseThrow()).contains("zombies", "--init");
        assertThat(SettingsAdvice.onPid(7)).isEmpty();
    }

    private List<String> warnings(Map<Setting, Path> files) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        files.forEach((setting, file) -> flags.put(setting, file.toString()));
        return ((SettingsReading.Usable) SettingsReader.read(flags, Optional.empty(), ConfigFile.NONE, HERE))
                .warnings();
    }

    private Path file(String name, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "secret");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aVariableThatWasCutShortIsNamed() {
        var machine = new MachineDefaults("host1", false, Path.of("/home/eve"), false, Map.of("EFKA_LOG", "debug"));
        assertThat(SettingsAdvice.strayVariables(machine))
                .containsExactly("the variable EFKA_LOG means nothing; did you mean EFKA_LOG_DIR or EFKA_LOG_LEVEL?");
    }
}
