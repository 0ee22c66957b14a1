package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EntryCheckTest {
    /** The document's table is compared with the code of the agent by another test. */
    @Test
    void theKeysOfADeployAreThoseOfTheProtocol() throws IOException {
        String protocol = Files.readString(Path.of("docs/protocol.md"));
        String section = protocol.substring(protocol.indexOf("\n### `deploy`"));
        String table = section.substring(section.indexOf("\n| argument"), section.indexOf("\n\nThe release is named"));
        Set<String> documented = new TreeSet<>();
        table.lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> Arrays.stream(line.split("\\|", -1)[1].split(",", -1)))
                .map(key -> key.strip().replace("`", ""))
                .filter(key -> !key.contains("."))
                .forEach(documented::add);
        documented.remove("plan");

        assertThat(EntryCheck.DEPLOY_KEYS).containsExactlyInAnyOrderElementsOf(documented);
    }
}
