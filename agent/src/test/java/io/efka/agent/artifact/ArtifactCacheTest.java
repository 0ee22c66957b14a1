package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.protocol.CommandException;
import io.efka.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArtifactCacheTest {
    private static final int SIZE = 400;

    @TempDir
    private Path folder;

    private final ManualTimers timers = new ManualTimers();
    private ArtifactCache cache;

    @BeforeEach
    void create() {
        cache = new ArtifactCache(folder.resolve("artifacts"), 1000, timers);
    }

    private static byte[] content(int number) {
        var content = new byte[SIZE];
        Arrays.fill(content, (byte) number);
        return content;
    }

    private CachedArtifact add(int number) throws Exception {
        timers.pass(Duration.ofMinutes(1));
        byte[] content = content(number);
        PartialArtifact part = cache.open(Sha256.of(content), SIZE, bytes -> {});
        part.append(content, SIZE);
        CachedArtifact kept = cache.keep(part);
        cache.find(Sha256.of(content), SIZE, new Cancellation()).orElseThrow().close();
        return kept;
    }

    private boolean has(int number) throws Exception {
        var found = cache.find(Sha256.of(content(number)), SIZE, new Cancellation());
        found.ifPresent(CachedArtifact::close);
        return found.isPresent();
    }

    @Test
    void theOneThatWasNotUsedForTheLongestTimeGoesFirst() throws Exception {
        add(1).close();
        add(2).close();
        timers.pass(Duration.ofMinutes(1));
        assertThat(has(1)).isTrue();

        add(3).close();

        assertThat(has(1)).isTrue();
        assertThat(has(2)).isFalse();
        assertThat(has(3)).isTrue();
    }

    @Test
    void oneInUseIsKept() throws Exception {
        CachedArtifact used = add(1);
        add(2).close();

        add(3).close();

        assertThat(used.path()).hasBinaryContent(content(1));
        assertThat(has(2)).isFalse();
    }

    @Test
    void thereIsNoRoomWhileAllAreInUse() throws Exception {
        CachedArtifact first = add(1);
        add(2);

        assertThatThrownBy(() -> add(3))
                .hasMessage("artifacts in use leave no room in the cache of 1000 bytes (artifact_cache)");
        first.close();

        add(3);
    }

    @Test
    void twoThatAreBeingWrittenDoNotCountOnTheSameRoom() throws Exception {
        cache.open(Sha256.of(content(1)), 600, bytes -> {});

        assertThatThrownBy(() -> cache.open(Sha256.of(content(2)), 600, bytes -> {}))
                .isInstanceOf(IOException.class);
    }

    private static java.util.Set<Sha256> keeping(int number) {
        return java.util.Set.of(Sha256.of(content(number)));
    }

    @Test
    void whatNobodyUsesGivesWayToSomethingElseOnTheDiskTheOldestFirst() throws Exception {
        add(1).close();
        add(2).close();
        assertThat(cache.spare(folder, java.util.Set.of())).isEqualTo(2 * SIZE);
        assertThat(cache.freeUp(1, java.util.Set.of())).isEqualTo(SIZE);
        assertThat(has(1)).isFalse();
        assertThat(has(2)).isTrue();
        assertThat(cache.freeUp(2 * SIZE, java.util.Set.of())).isEqualTo(SIZE);
        assertThat(cache.freeUp(1, java.util.Set.of())).isZero();
    }

    @Test
    void whatIsInUseOrWantedGivesNoRoom() throws Exception {
        CachedArtifact used = add(1);
        add(2).close();
        PartialArtifact written = cache.open(Sha256.of(content(3)), 100, bytes -> {});
        written.append(new byte[10], 10);
        assertThat(cache.spare(folder, keeping(2))).isZero();
        assertThat(cache.freeUp(1, keeping(2))).isZero();
        assertThat(used.path()).exists();
        assertThat(has(2)).isTrue();

        used.close();
        assertThat(cache.spare(folder, keeping(2))).isEqualTo(SIZE);
        assertThat(cache.spare(Path.of("/proc"), keeping(2)))
                .as("on another disk")
                .isZero();
        assertThat(cache.spare(folder.resolve("none"), keeping(2)))
                .as("where nothing is")
                .isZero();
    }

    @Test
    void anAbandonedPartMakesRoom() throws Exception {
        PartialArtifact part = cache.open(Sha256.of(content(1)), 900, bytes -> {});
        part.append(new byte[800], 800);
        cache.close(part);

        add(2).close();

        assertThat(has(2)).isTrue();
        assertThat(folder.resolve("artifacts")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void oneThatHasChangedIsNotUsed() throws Exception {
        Path file;
        try (CachedArtifact artifact = add(1)) {
            file = artifact.path();
        }
        byte[] changed = content(1);
        changed[7] ^= 1;
        Files.write(file, changed);

        assertThat(has(1)).isFalse();
        assertThat(file).doesNotExist();
    }

    @Test
    void aCommandWithAWrongSizeIsRefusedAndCostsNothing() throws Exception {
        add(1).close();

        assertThatThrownBy(() -> cache.find(Sha256.of(content(1)), SIZE + 1, new Cancellation()))
                .isInstanceOf(CommandException.class)
                .hasMessageEndingWith("has 400 bytes, expected 401");
        assertThat(has(1)).isTrue();
        assertThat(cache.freeUp(1, java.util.Set.of())).as("it is not in use").isEqualTo(SIZE);
    }

    @Test
    void oneThatHasChangedIsLeftToWhoUsesIt() throws Exception {
        CachedArtifact used = add(1);
        Files.write(used.path(), content(2));

        assertThat(has(1)).isFalse();
        assertThat(used.path()).exists();
        used.close();
        assertThat(has(1)).isFalse();
        assertThat(used.path()).doesNotExist();
    }

    @Test
    void anotherDownloadMayFinishWhileRoomIsMade() throws Exception {
        Sha256 hash = Sha256.of(content(1));
        Path part = folder.resolve("artifacts").resolve(hash + ".part");
        Path whole = folder.resolve("artifacts").resolve(hash.hex());
        cache.close(cache.open(hash, SIZE, bytes -> {}));
        var ends = new AtomicBoolean();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            while (!ends.get()) {
                assertThat(part.toFile().renameTo(whole.toFile())).isTrue();
                assertThat(whole.toFile().renameTo(part.toFile())).isTrue();
            }
        });
        try {
            for (int i = 0; i < 2_000; i++) cache.close(cache.open(Sha256.of(content(2)), SIZE, bytes -> {}));
        } finally {
            ends.set(true);
        }
        other.get(20, TimeUnit.SECONDS);
    }

    @Test
    void otherFilesAreLeftAlone() throws Exception {
        Files.createDirectories(folder.resolve("artifacts"));
        Path mine = Files.write(folder.resolve("artifacts/notes"), new byte[5000]);

        add(1).close();
        add(2).close();
        add(3).close();

        assertThat(mine).exists();
    }
}
