package io.efka.agent.state;

import io.efka.agent.files.FileIdentity;
import io.efka.agent.files.PrivateFiles;
import io.efka.agent.state.StateStore.DataFolderBusy;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only one agent use a data folder, by a kernel lock on {@code data/lock}, which ends with its process in any case.
 * The file holds the owner's pid for the message to a second agent; that the file exists means nothing. Deleting it takes
 * the lock away unnoticed, so the owner checks now and then whether it {@link #isLost()}.
 */
final class FolderLock implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

    // The kernel's locks are per process, and go when any descriptor of the file is closed: a second agent in this
    // process must not even open it. Hence the one static that remembers.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final RandomAccessFile file;
    private final FileIdentity identity;

    private FolderLock(Path path, RandomAccessFile file, FileIdentity identity) {
        this.path = path;
        this.file = file;
        this.identity = identity;
    }

    static FolderLock take(Path folder) throws IOException, DataFolderBusy {
        Path path = folder.toRealPath().resolve("lock");
        if (!HELD_HERE.add(path)) throw new DataFolderBusy(folder, "in this process");
        boolean taken = false;
        try {
            PrivateFiles.create(path);
            // Before the file is opened: what comes in its place later is noticed below.
            FileIdentity identity = FileIdentity.of(path);
            var lock = new FolderLock(path, new RandomAccessFile(path.toFile(), "rw"), identity);
            lock.claim(folder);
            taken = true;
            return lock;
        } finally {
            if (!taken) HELD_HERE.remove(path);
        }
    }

    private void claim(Path folder) throws IOException, DataFolderBusy {
        boolean claimed = false;
        try {
            if (file.getChannel().tryLock() == null) throw new DataFolderBusy(folder, owner());
            if (isLost()) throw new DataFolderBusy(folder, "its lock file was replaced this moment");
            writeOwner();
            claimed = true;
        } finally {
            if (!claimed) file.close();
        }
    }

    /**
     * Whether the lock file is gone, or another one is in its place, which another agent can lock. Asked by path: to open
     * and close the file again would give the lock back.
     */
    boolean isLost() {
        try {
            return !FileIdentity.of(path).equals(identity);
        } catch (NoSuchFileException gone) {
            return true;
        } catch (IOException unknown) {
            return false;
        }
    }

    private String owner() throws IOException {
        var bytes = new byte[(int) Math.min(file.length(), 64)];
        file.readFully(bytes);
        String pid = new String(bytes, StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "its pid is not known" : "pid " + pid;
    }

    private void writeOwner() {
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            file.setLength(0);
            file.write(pid);
        } catch (IOException e) { // a full disk, say: the lock holds without its owner's name
            LOG.info("{}: cannot write the pid: {}", path, e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
        HELD_HERE.remove(path);
    }
}
