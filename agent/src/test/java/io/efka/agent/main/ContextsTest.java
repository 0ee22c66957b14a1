package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextsTest {
    private final CommandLineFixture here = new CommandLineFixture();

    @TempDir
    private Path folder;

    @BeforeEach
    void ownFolder() {
        here.environment.put("XDG_CONFIG_HOME", folder.toString());
    }

    private Path file() {
        return folder.resolve("efka").resolve("cli.json");
    }

    private void write(String text) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
    }

    @Test
    void theFirstOneIsInUseUntilAnotherIsChosen() throws Exception {
        assertThat(here.efka("context", "add", "lab", "--broker", "tcp://lab:1883"))
                .isZero();
        assertThat(here.efka("context", "add", "site", "--broker", "tcp://site:1883", "--prefix", "plant/efka"))
                .isZero();
        assertThat(Contexts.read(file()).current()).contains("lab");

        assertThat(here.efka("context", "use", "site")).isZero();
        here.efka("context", "ls");

        assertThat(here.out()).contains("  lab  {\"broker\":\"tcp://lab:1883\"}", "* site  {");
        assertThat(Contexts.read(file()).content("site").get("prefix").getAsString())
                .isEqualTo("plant/efka");
    }

    @Test
    void whatIsRemovedIsNotInUseAnyMore() throws Exception {
        here.efka("context", "add", "lab", "--broker", "tcp://lab:1883");

        assertThat(here.efka("context", "rm", "lab")).isZero();

        assertThat(Contexts.read(file()).current()).isEmpty();
        assertThat(Contexts.read(file()).names()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "context use lab2|there is no context \"lab2\"",
                "context rm nothing|there is no context \"nothing\"",
                "context add ../x --broker tcp://x|a context must be named with 1-64 of",
                "context add x|name at least --broker URI",
                "ls --context other|there is no context \"other\"",
            })
    void mistakesAreSaidAndChangeNothing(String line, String said) throws Exception {
        here.efka("context", "add", "lab", "--broker", "tcp://lab:1883");
        String before = Files.readString(file());

        assertThat(here.efka(line.split(" "))).isEqualTo(64);

        assertThat(here.err()).contains(said);
        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"contexts\":", "7"})
    void aFileThatIsNoneIsNamedAndKept(String text) throws Exception {
        write(text);

        assertThat(here.efka("context", "add", "lab", "--broker", "tcp://lab:1883"))
                .isEqualTo(64);

        assertThat(here.err()).contains(file().toString());
        assertThat(Files.readString(file())).isEqualTo(text);
    }

    @Test
    void aKeyThatNoCommandKnowsIsSaid() throws Exception {
        write("{\"current\":\"lab\",\"contexts\":{\"lab\":{\"brokr\":\"tcp://lab\"}}}");

        assertThatThrownBy(() -> Contexts.read(file()).config(Optional.empty()))
                .hasMessageContaining("context lab has a key \"brokr\"");
        assertThat(here.efka("ls")).isEqualTo(64);
        assertThat(here.err()).contains("brokr");
    }

    @Test
    void whatIsNoContextIsSaidWhenItIsUsed() throws Exception {
        write("{\"current\":\"lab\",\"contexts\":{\"lab\":{\"broker\":5}}}");

        assertThat(here.efka("ls")).isEqualTo(64);
        assertThat(here.err()).contains("broker");
    }

    @Test
    void aFileThatIsALinkStaysOne() throws Exception {
        Path real = Files.writeString(folder.resolve("dotfiles.json"), "{}");
        Files.createDirectories(file().getParent());
        Files.createSymbolicLink(file(), real);

        assertThat(here.efka("context", "add", "lab", "--broker", "tcp://lab:1883"))
                .isZero();

        assertThat(Files.isSymbolicLink(file())).isTrue();
        assertThat(Files.readString(real)).contains("tcp://lab:1883");
    }

    @Test
    void nothingIsLeftBesideTheFile() throws Exception {
        for (int i = 0; i < 3; i++) here.efka("context", "add", "lab" + i, "--broker", "tcp://lab:1883");

        try (Stream<Path> files = Files.list(file().getParent())) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void aRelativeFolderIsNoneOfXdgAndTheHomeStandsIn() {
        here.environment.remove("XDG_CONFIG_HOME");
        var machine = new MachineDefaults("host1", false, Path.of("/home/eve"), false, here.environment);

        assertThat(Contexts.file(machine)).isEqualTo(Path.of("/home/eve/.config/efka/cli.json"));
        here.environment.put("XDG_CONFIG_HOME", "relative");
        assertThat(Contexts.file(machine)).isEqualTo(Path.of("/home/eve/.config/efka/cli.json"));
    }
}
