package io.efka.agent.process.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentMarkTest {
    @TempDir
    private Path folder;

    private Path data;
    private AgentMark process;

    @BeforeEach
    void start() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        process = read(AgentMark.of(data.resolve("run")).written());
    }

    private static AgentMark read(String written) {
        return AgentMark.parse(written).orElseThrow();
    }

    private static AgentMark now(Path data) {
        return AgentMark.of(data.resolve("run"));
    }

    @Test
    void isItselfAfterARestart() {
        assertThat(now(data).isOurs(process)).isTrue();
        assertThat(now(data).isAnothers(process)).isFalse();
    }

    @Test
    void isItselfWhereTheFolderWasMovedTo() throws IOException {
        Path moved = Files.move(data, folder.resolve("moved"));
        assertThat(now(moved).isOurs(process)).isTrue();
        Files.createDirectory(data);
        assertThat(now(data).isOurs(process))
                .as("a new folder at the old place")
                .isFalse();
    }

    @Test
    void ofACopyIsAnothers() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        assertThat(now(copy).isOurs(process)).isFalse();
        assertThat(now(copy).isAnothers(process)).isTrue();
    }

    @Test
    void ofAFolderThatIsGoneIsNobodyElses() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("on-another-file-system"));
        Files.delete(data);
        assertThat(now(copy).isOurs(process)).isFalse();
        assertThat(now(copy).isAnothers(process)).isFalse();
        Files.createFile(folder.resolve("in the way"));
        Files.createDirectory(data);
        assertThat(now(copy).isAnothers(process))
                .as("another folder at that place, unless it was given the same inode")
                .isEqualTo(now(data).isOurs(process));
    }

    @Test
    void thatAnEarlierAgentWroteIsAPath() {
        AgentMark old = read(data.resolve("run").toString());
        assertThat(old.folder()).isEmpty();
        assertThat(now(data).isOurs(old)).isTrue();
        assertThat(now(folder).isOurs(old)).isFalse();
        assertThat(now(folder).isAnothers(old)).isTrue();
        assertThat(now(folder).isAnothers(read("/nowhere/run"))).isFalse();
    }

    @Test
    void isNotWhatAnybodyMayHaveWritten() {
        for (String other : new String[] {"", "x", "1:2", "1:2:x", "1:2:3:/x"}) {
            assertThat(AgentMark.parse(other)).as(other).isEqualTo(Optional.empty());
        }
    }
}
