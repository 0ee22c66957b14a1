package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The start script {@code efka} beside its jar, in a folder whose name has a space. */
final class StartScriptIT {
    private static final Path SCRIPT = Path.of("../agent/src/main/dist/efka");

    private final Path top = Folders.create("start-script");
    private final Path home = top.resolve("my programs");
    private final Path efka = home.resolve("efka");

    @BeforeEach
    void install() throws IOException {
        Files.createDirectory(home);
        Files.copy(SCRIPT, efka);
        Files.copy(AgentProcess.JAR, home.resolve("efka-agent.jar"));
    }

    @AfterEach
    void remove() {
        Folders.delete(top);
    }

    @Test
    void itStartsTheJar() {
        assertThat(efka(Map.of(), "--version").ok()).startsWith("efka ");
    }

    @Test
    void anArchiveOfClassesIsMadeAndUsed() {
        assertThat(efka(Map.of(), "--make-cds").ok()).contains("wrote " + home.resolve("efka-agent.jsa"));

        assertThat(efka(Map.of("EFKA_JAVA_OPTS", "-Xlog:class+load"), "--version")
                        .ok())
                .contains("source: shared objects file (top)")
                .contains("\nefka ");
    }

    @Test
    void anArgumentWithASpaceStaysOne() throws IOException {
        Path file = Files.writeString(top.resolve("a file"), "{\"prefix\": \"efka\"}");

        assertThat(efka(Map.of(), "check", file.toString()).ok()).contains("no faults");
    }

    private Shell.Result efka(Map<String, String> environment, String... arguments) {
        var command = new ArrayList<String>(List.of("sh", efka.toString()));
        command.addAll(List.of(arguments));
        return Shell.run(command, environment, Duration.ofMinutes(2));
    }
}
