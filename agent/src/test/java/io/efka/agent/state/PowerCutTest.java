package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.state.RecordingDisk.Step;
import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.fixtures.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commits, checkpoints and a clean close are recorded step by step; then the power is cut after every one of the steps,
 * with every outcome for what was not synced. Each time the next agent must find exactly the acknowledged commits, or one
 * more: the one that was under way.
 */
final class PowerCutTest {
    private static final int COMMITS = 40;
    private static final StoreLimits TINY = new StoreLimits(600, Duration.ofHours(1), 3, 150);

    @TempDir
    private Path recorded;

    @TempDir
    private Path cut;

    private final RecordingDisk disk = new RecordingDisk();

    @BeforeEach
    void record() throws Exception {
        try (StateStore store = StateStore.open(recorded, disk, TINY)) {
            for (int number = 1; number <= COMMITS; number++) {
                store.commit(commit(number));
                disk.note("acknowledged");
            }
        }
    }

    private static List<Change> commit(int number) {
        Change counted = Change.put("m", "key" + number % 5, "number " + number);
        Change toggled = number % 2 == 0 ? Change.remove("m", "odd") : Change.put("m", "odd", "x".repeat(40));
        return List.of(counted, toggled);
    }

    private static Map<String, String> after(int commits) {
        var state = new HashMap<String, String>();
        for (int number = 1; number <= commits; number++) {
            for (Change change : commit(number)) {
                change.document().ifPresentOrElse(it -> state.put(change.key(), it), () -> state.remove(change.key()));
            }
        }
        return state;
    }

    @Test
    void afterAnyStepLosesNothingAcknowledged() throws Exception {
        List<Step> steps = disk.steps();
        var power = new PowerCut();
        int acknowledged = 0;
        int cuts = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Noted) acknowledged++;
            power.perform(steps.get(i));
            List<Map<Path, byte[]>> outcomes = power.outcomes();
            for (int outcome = 0; outcome < outcomes.size(); outcome++) {
                String where = "cut after step %d (%s), outcome %d".formatted(i, steps.get(i), outcome);
                verify(outcomes.get(outcome), acknowledged, where);
                cuts++;
            }
        }
        assertThat(acknowledged).isEqualTo(COMMITS);
        assertThat(steps)
                .filteredOn(Step.Renamed.class::isInstance)
                .as("checkpoints")
                .hasSizeGreaterThan(2);
        System.out.printf("power cuts: %d steps, %d outcomes, nothing lost%n", steps.size(), cuts);
    }

    private void verify(Map<Path, byte[]> files, int acknowledged, String where) throws Exception {
        Path data = Files.createDirectories(cut.resolve("data"));
        Path state = Files.createDirectories(data.resolve("state"));
        for (var file : files.entrySet()) {
            Files.write(state.resolve(file.getKey().getFileName()), file.getValue());
        }
        try (StateStore store = StateStore.open(data)) {
            assertThat(store.documents("m")).as(where).isIn(after(acknowledged), after(acknowledged + 1));
            assertThat(store.damages()).as(where).isEmpty();
            store.commit(List.of(Change.put("m", "still", "usable")));
        }
        Folders.delete(data);
    }

    /** What may be on the disk after a cut. */
    private static final class PowerCut {
        private static final class Content {
            byte[] written = new byte[0];
            byte[] synced = new byte[0];
        }

        private final Map<Path, Content> names = new HashMap<>();
        private Map<Path, Content> syncedNames = new HashMap<>();
        // The names as they were after each change since the folder was synced: any of these may be found.
        private final List<Map<Path, Content>> namesSince = new ArrayList<>();

        void perform(Step step) {
            if (step instanceof Step.Created it) {
                names.put(it.file(), new Content());
            } else if (step instanceof Step.Written it) {
                Content content = content(it.file());
                content.written = written(content.written, (int) it.position(), it.bytes());
            } else if (step instanceof Step.Forced it) {
                Content content = names.computeIfAbsent(it.file(), file -> new Content());
                content.written = it.content().orElse(content.written);
                content.synced = content.written;
            } else if (step instanceof Step.Renamed it) {
                names.put(it.to(), content(it.from()));
                names.remove(it.from());
            } else if (step instanceof Step.Deleted it) {
                names.remove(it.file());
            }
            if (step instanceof Step.FolderForced) {
                syncedNames = new HashMap<>(names);
                namesSince.clear();
            } else if (step instanceof Step.Created || step instanceof Step.Renamed || step instanceof Step.Deleted) {
                namesSince.add(new HashMap<>(names));
            }
        }

        private Content content(Path file) {
            Content content = names.get(file);
            if (content == null) throw new AssertionError("no such file: " + file);
            return content;
        }

        List<Map<Path, byte[]>> outcomes() {
            var outcomes = new ArrayList<Map<Path, byte[]>>();
            var folders = new ArrayList<>(namesSince);
            folders.add(syncedNames);
            for (Map<Path, Content> folder : folders) {
                for (Fate fate : Fate.values()) {
                    var files = new HashMap<Path, byte[]>();
                    folder.forEach((path, content) -> files.put(path, fate.of(content.synced, content.written)));
                    if (outcomes.stream().noneMatch(seen -> same(seen, files))) outcomes.add(files);
                }
            }
            return outcomes;
        }

        private static boolean same(Map<Path, byte[]> one, Map<Path, byte[]> other) {
            return one.keySet().equals(other.keySet())
                    && one.keySet().stream().allMatch(path -> Arrays.equals(one.get(path), other.get(path)));
        }

        private static byte[] written(byte[] file, int position, byte[] bytes) {
            byte[] all = Arrays.copyOf(file, Math.max(file.length, position + bytes.length));
            System.arraycopy(bytes, 0, all, position, bytes.length);
            return all;
        }
    }

    /** What becomes of bytes that were written and not synced. */
    private enum Fate {
        LOST,
        KEPT,
        HALF_KEPT,
        ALL_BUT_ONE_KEPT,
        LENGTH_KEPT,
        LAST_HALF_KEPT;

        byte[] of(byte[] synced, byte[] written) {
            int from = Arrays.mismatch(synced, written);
            if (from < 0) return synced;
            int to = lastDifference(synced, written) + 1;
            int middle = (from + to) / 2;
            return switch (this) {
                case LOST -> synced;
                case KEPT -> written;
                case HALF_KEPT -> kept(synced, written, middle);
                case ALL_BUT_ONE_KEPT -> kept(synced, written, to - 1);
                case LENGTH_KEPT -> zeroed(written, from, written.length);
                case LAST_HALF_KEPT -> zeroed(written, from, middle);
            };
        }

        private static int lastDifference(byte[] synced, byte[] written) {
            for (int at = Math.min(synced.length, written.length) - 1; at >= 0; at--) {
                if (synced.length == written.length && synced[at] != written[at]) return at;
            }
            return Math.max(synced.length, written.length) - 1;
        }

        /** What was written up to there; behind it what was there before, if anything was. */
        private static byte[] kept(byte[] synced, byte[] written, int to) {
            byte[] kept = Arrays.copyOf(written, Math.max(to, synced.length));
            if (synced.length > to) System.arraycopy(synced, to, kept, to, synced.length - to);
            return kept;
        }

        private static byte[] zeroed(byte[] bytes, int from, int to) {
            byte[] copy = bytes.clone();
            Arrays.fill(copy, from, to, (byte) 0);
            return copy;
        }
    }
}
