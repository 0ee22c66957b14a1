package io.efka.agent.state;

import io.efka.agent.state.StateFiles.CheckpointFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints and deletes the files that are no longer needed. The last checkpoint but one stays, with its
 * journals: should the last one be damaged, nothing is lost. Confined to one thread at a time.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final StateDisk disk;
    private final StateFiles files;

    Checkpoints(StateDisk disk, StateFiles files) {
        this.disk = disk;
        this.files = files;
    }

    /** Makes a checkpoint durable; at every moment before it is, the earlier files are all there. */
    void write(SortedMap<String, String> documents, long generation) throws IOException {
        Path unfinished = files.unfinished();
        disk.delete(unfinished);
        Checkpoint.write(documents, unfinished);
        Path finished = files.checkpoint(generation, Checkpoint.crc(unfinished));
        disk.force(unfinished);
        disk.rename(unfinished, finished);
        disk.forceFolder(files.folder());
        LOG.debug("{} written with {} documents", finished, documents.size());
    }

    /** Deletes what the last two good checkpoints do not need. What cannot be deleted now is tried again next time. */
    void deleteUnneeded() throws IOException {
        List<CheckpointFile> newestFirst = files.checkpoints();
        if (newestFirst.size() < 2) return;
        long reserve = newestFirst.get(1).generation();
        for (CheckpointFile checkpoint : newestFirst.subList(2, newestFirst.size())) disk.delete(checkpoint.path());
        for (Path journal : files.journals().headMap(reserve).values()) disk.delete(journal);
    }

    /** Sets damaged files aside once a newer checkpoint has the whole state. */
    List<Path> setAside(List<Path> damaged, int keep) throws IOException {
        for (Path file : damaged) disk.rename(file, files.asideOf(file));
        List<Path> all = files.setAside();
        for (Path oldest : all.subList(0, Math.max(0, all.size() - keep))) {
            LOG.warn("{} is deleted: only the last {} damaged files are kept", oldest, keep);
            disk.delete(oldest);
        }
        disk.forceFolder(files.folder());
        return files.setAside();
    }
}
