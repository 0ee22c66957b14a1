package io.efka.agent.state;

import io.efka.agent.state.StateFiles.CheckpointFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconstructs the state from the disk: the newest good checkpoint, and every journal since. It changes nothing on disk,
 * so it can be interrupted and repeated.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final StateFiles files;
    private final List<Damage> damages = new ArrayList<>();

    /**
     * What is wrong.
     *
     * @param file to be set aside; empty if it is not there at all
     */
    record Damage(Optional<Path> file, String what) {}

    /**
     * What was found.
     *
     * @param lastGeneration of any file; 0: the folder is empty
     * @param soundEnd where the last journal goes on; 0 if it has to be made anew
     */
    record Recovered(Documents documents, long lastGeneration, long soundEnd, List<Damage> damages) {}

    /** A good checkpoint's content, or nothing at all as of generation {@code from}. */
    private record Base(SortedMap<String, String> documents, long from) {}

    Recovery(StateFiles files) {
        this.files = files;
    }

    Recovered run() throws IOException {
        SortedMap<Long, Path> journals = files.journals();
        List<CheckpointFile> checkpoints = files.checkpoints();
        Base base = newestGood(checkpoints, journals);
        Documents documents = Documents.of(base.documents());
        long last = Math.max(base.from(), newest(checkpoints, journals));
        boolean isEmpty = journals.isEmpty() && checkpoints.isEmpty();
        long soundEnd = isEmpty ? 0 : replay(base.from(), last, journals, documents);
        return new Recovered(documents, isEmpty ? 0 : last, soundEnd, List.copyOf(damages));
    }

    private static long newest(List<CheckpointFile> checkpoints, SortedMap<Long, Path> journals) {
        long checkpoint = checkpoints.isEmpty() ? 0 : checkpoints.get(0).generation();
        return Math.max(checkpoint, journals.isEmpty() ? 0 : journals.lastKey());
    }

    private Base newestGood(List<CheckpointFile> checkpoints, SortedMap<Long, Path> journals) {
        for (CheckpointFile checkpoint : checkpoints) {
            Optional<SortedMap<String, String>> documents = read(checkpoint);
            if (documents.isPresent()) return new Base(documents.get(), checkpoint.generation());
        }
        if (journals.isEmpty() || journals.firstKey() == StateFiles.FIRST) {
            return new Base(new TreeMap<>(), StateFiles.FIRST);
        }
        long from = journals.firstKey();
        damages.add(
                new Damage(Optional.empty(), "no good checkpoint: what was saved before journal " + from + " is lost"));
        return new Base(new TreeMap<>(), from);
    }

    private Optional<SortedMap<String, String>> read(CheckpointFile checkpoint) {
        try {
            if (checkpoint.version() != StateFiles.CHECKPOINT_VERSION) {
                throw new IOException("its version is %d, this agent knows %d"
                        .formatted(checkpoint.version(), StateFiles.CHECKPOINT_VERSION));
            }
            if (Checkpoint.crc(checkpoint.path()) != checkpoint.crc()) throw new IOException("its checksum is wrong");
            return Optional.of(Checkpoint.read(checkpoint.path()));
        } catch (IOException e) {
            damages.add(new Damage(
                    Optional.of(checkpoint.path()),
                    e.getMessage() + "; the state is taken from the files before and after it"));
            return Optional.empty();
        }
    }

    /** Returns where the last journal's good records end. */
    private long replay(long from, long last, SortedMap<Long, Path> journals, Documents documents) {
        long soundEnd = 0;
        for (long generation = from; generation <= last; generation++) {
            Path path = journals.get(generation);
            if (path == null) {
                String name = files.journal(generation).getFileName().toString();
                damages.add(new Damage(Optional.empty(), name + " is missing: the changes in it are lost"));
            } else {
                soundEnd = replay(path, generation, generation == last, documents);
            }
        }
        return soundEnd;
    }

    private long replay(Path path, long generation, boolean isLast, Documents documents) {
        try {
            JournalReading reading = JournalReading.read(path, generation);
            documents.apply(reading.changes());
            reading.damage().ifPresent(what -> damages.add(new Damage(Optional.of(path), what)));
            if (reading.tornBytes() > 0) tornEnd(path, reading, isLast);
            return reading.soundEnd();
        } catch (IOException e) {
            damages.add(
                    new Damage(Optional.of(path), "it cannot be read (" + e.getMessage() + "): its changes are lost"));
            return 0;
        }
    }

    // Only the last journal can have been cut off while it was written: the earlier ones were whole by then.
    private void tornEnd(Path path, JournalReading reading, boolean isLast) {
        if (isLast) {
            LOG.info(
                    "{}: its last {} bytes are a change that was cut off before it was acknowledged",
                    path,
                    reading.tornBytes());
        } else {
            String what = "the changes in its last " + reading.tornBytes() + " bytes are lost";
            damages.add(new Damage(Optional.of(path), what));
        }
    }
}
