package io.efka.agent.state;

import io.efka.agent.files.PrivateFiles;
import io.efka.agent.state.Recovery.Damage;
import io.efka.agent.state.Recovery.Recovered;
import io.efka.agent.state.StateStore.DataFolderBusy;
import io.efka.agent.state.StateStore.StoreLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a state folder: locks it, reconstructs the state, sets damaged files aside once the state is safe without them,
 * and continues in the last journal.
 */
final class StateOpener {
    private static final Logger LOG = LoggerFactory.getLogger(StateOpener.class);

    private final StateDisk disk;
    private final StoreLimits bounds;
    private final StateFiles files;
    private final FolderLock lock;
    private final Checkpoints checkpoints;
    private final List<String> damages = new ArrayList<>();
    private final Documents documents;
    private final Journal journal;

    private StateOpener(StateDisk disk, StoreLimits bounds, StateFiles files, FolderLock lock) throws IOException {
        this.disk = disk;
        this.bounds = bounds;
        this.files = files;
        this.lock = lock;
        this.checkpoints = new Checkpoints(disk, files);
        disk.delete(files.unfinished());
        for (Path file : files.setAside()) damages.add(file + " was set aside at an earlier start");
        Recovered recovered = new Recovery(files).run();
        this.documents = recovered.documents();
        this.journal = recovered.damages().isEmpty() ? goOn(recovered) : mend(recovered);
    }

    static StateOpener of(Path data, StateDisk disk, StoreLimits bounds) throws IOException, DataFolderBusy {
        var files = new StateFiles(data.toAbsolutePath().resolve("state"));
        makeFolder(disk, files.folder());
        FolderLock lock = FolderLock.take(data);
        boolean opened = false;
        try {
            var opening = new StateOpener(disk, bounds, files, lock);
            opened = true;
            return opening;
        } finally {
            if (!opened) lock.close();
        }
    }

    private static void makeFolder(StateDisk disk, Path folder) throws IOException {
        Path parent = folder.getParent();
        if (Files.isDirectory(folder) || parent == null) return;
        makeFolder(disk, parent);
        PrivateFiles.makeFolder(folder);
        disk.forceFolder(parent);
    }

    private Journal goOn(Recovered recovered) throws IOException {
        long generation = Math.max(StateFiles.FIRST, recovered.lastGeneration());
        if (recovered.soundEnd() == 0) return nextJournal(generation);
        return Journal.resume(disk, files, generation, bounds.reserve(), recovered.soundEnd());
    }

    // The state goes into a checkpoint first. If there is no room for one, the damaged files stay where they are, for
    // the next start to read.
    private Journal mend(Recovered recovered) throws IOException {
        for (Damage damage : recovered.damages()) tell(damage);
        long generation = recovered.lastGeneration() + 1;
        Journal next = nextJournal(generation);
        try {
            checkpoints.write(documents.snapshot(), generation);
            setAside(recovered.damages());
            checkpoints.deleteUnneeded(); // now, as a damaged checkpoint must not count for the reserve
        } catch (IOException e) {
            LOG.warn("the damaged files cannot be set aside, the next start tries again: {}", e.getMessage());
        }
        return next;
    }

    private void tell(Damage damage) {
        String file = damage.file().map(Path::toString).orElse(files.folder().toString());
        LOG.warn("the state is damaged: {}: {}", file, damage.what());
        damages.add(file + ": " + damage.what());
    }

    private void setAside(List<Damage> found) throws IOException {
        List<Path> damaged = found.stream()
                .map(Damage::file)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        LOG.warn("set aside: {}", checkpoints.setAside(damaged, bounds.damagedFiles()));
    }

    Journal nextJournal(long generation) throws IOException {
        return Journal.create(disk, files, generation, bounds.reserve());
    }

    Documents documents() {
        return documents;
    }

    Journal journal() {
        return journal;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    FolderLock lock() {
        return lock;
    }

    List<String> damages() {
        return List.copyOf(damages);
    }
}
