package io.efka.agent.mapdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The real disk, which writes down what it is asked, counts its syncs, and can be full. Thread-safe. */
final class RecordingDisk implements Disk {
    private final Disk real = new KernelDisk();
    private final List<Step> steps = new ArrayList<>();
    private long syncs;
    private long room = Long.MAX_VALUE;
    private boolean syncsFail;
    private boolean cutsFail;

    /** One thing that was done to the disk, or that the test notes between two of them. */
    sealed interface Step {
        record Created(Path file) implements Step {}

        record Appended(Path file, byte[] bytes) implements Step {}

        record Truncated(Path file, long length) implements Step {}

        /** The file's content is durable; {@code content} is that of a file that was not written through this disk. */
        record Forced(Path file, Optional<byte[]> content) implements Step {}

        record Renamed(Path from, Path to) implements Step {}

        record Deleted(Path file) implements Step {}

        record FolderForced(Path folder) implements Step {}

        record Noted(String what) implements Step {}
    }

    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    synchronized long syncs() {
        return syncs;
    }

    synchronized void note(String what) {
        steps.add(new Step.Noted(what));
    }

    /** From now on there is room for so many bytes; what is above is refused halfway, as a full disk does. */
    synchronized void fillUpTo(long bytes) {
        room = bytes;
    }

    synchronized void failSyncs(boolean fail) {
        syncsFail = fail;
    }

    synchronized void failCuts(boolean fail) {
        cutsFail = fail;
    }

    @Override
    public synchronized AppendFile create(Path file) throws IOException {
        AppendFile created = real.create(file);
        steps.add(new Step.Created(file));
        return new RecordingFile(file, created);
    }

    @Override
    public synchronized AppendFile open(Path file) throws IOException {
        return new RecordingFile(file, real.open(file));
    }

    @Override
    public synchronized void force(Path file) throws IOException {
        if (room < Files.size(file)) throw new IOException("No space left on device");
        sync();
        real.force(file);
        steps.add(new Step.Forced(file, Optional.of(Files.readAllBytes(file))));
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        real.rename(from, to);
        steps.add(new Step.Renamed(from, to));
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        boolean isThere = Files.exists(file);
        real.delete(file);
        if (isThere) steps.add(new Step.Deleted(file));
    }

    @Override
    public synchronized void forceFolder(Path folder) throws IOException {
        sync();
        real.forceFolder(folder);
        steps.add(new Step.FolderForced(folder));
    }

    private synchronized void sync() throws IOException {
        if (syncsFail) throw new IOException("Input/output error");
        syncs++;
    }

    private synchronized void append(Path file, AppendFile to, byte[] bytes) throws IOException {
        byte[] fitting = bytes.length <= room ? bytes : Arrays.copyOf(bytes, (int) room);
        to.append(fitting);
        room -= room == Long.MAX_VALUE ? 0 : fitting.length;
        steps.add(new Step.Appended(file, fitting));
        if (fitting.length < bytes.length) throw new IOException("No space left on device");
    }

    private final class RecordingFile implements AppendFile {
        private final Path path;
        private final AppendFile file;

        RecordingFile(Path path, AppendFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void append(byte[] bytes) throws IOException {
            RecordingDisk.this.append(path, file, bytes);
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (RecordingDisk.this) {
                if (cutsFail) throw new IOException("Read-only file system");
                file.truncate(length);
                steps.add(new Step.Truncated(path, length));
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (RecordingDisk.this) {
                sync();
                file.force();
                steps.add(new Step.Forced(path, Optional.empty()));
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
