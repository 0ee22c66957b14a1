package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnwritableFoldersTest {
    @TempDir
    private Path data;

    private Path services;
    private Path logs;

    @BeforeEach
    void makeFolders() throws Exception {
        services = Files.createDirectory(data.resolve("services"));
        logs = Files.createDirectory(data.resolve("logs"));
    }

    @Test
    void nothingIsSaidWhereAllCanBeWritten() {
        assertThat(UnwritableFolders.warning(data, logs)).isEmpty();
    }

    @Test
    void oneSentenceNamesAllOfThemAndTheUser() throws Exception {
        Path trash = Files.createDirectory(services.resolve(".trash"));
        Set<Path> foreign = Set.of(services, trash, logs);
        assertThat(UnwritableFolders.warning(data, logs, folder -> !foreign.contains(folder)))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .startsWith("this agent runs as " + Privileges.user() + ", who cannot write " + logs + ", "
                                + services + ", " + trash + ":")
                        .contains("install, apply and remove", "chown"));
    }

    @Test
    void aFolderThatIsNotTheAgentsIsNoneOfItsBusiness() throws Exception {
        Path lost = Files.createDirectory(data.resolve("lost+found"));
        assertThat(UnwritableFolders.warning(data, logs, folder -> !folder.equals(lost)))
                .isEmpty();
    }

    @Test
    void theFolderOfAServiceMayBeAMount() throws Exception {
        Path hello = Files.createDirectory(services.resolve("hello"));
        assertThat(UnwritableFolders.warning(data, logs, folder -> !folder.equals(hello)))
                .isEmpty();
    }

    @Test
    void logsMayBeElsewhere(@TempDir Path elsewhere) {
        assertThat(UnwritableFolders.warning(data, elsewhere, folder -> !folder.equals(elsewhere)))
                .hasValueSatisfying(warning -> assertThat(warning).contains("cannot write " + elsewhere + ":"));
    }
}
