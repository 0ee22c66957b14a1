package io.efka.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The real disk, which writes down what it is asked, counts its syncs, and can be full. Thread-safe. */
final class RecordingDisk implements StateDisk {
    private final StateDisk real = new KernelDisk();
    private final List<Step> steps = new ArrayList<>();
    private long syncs;
    private long room = Long.MAX_VALUE;
    private boolean syncsFail;
    private boolean wipesFail;

    /** One thing that was done to the disk, or that the test notes between two of them. */
    sealed interface Step {
        record Created(Path file) implements Step {}

        record Written(Path file, long position, byte[] bytes) implements Step {}

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

    /** From now on files may grow by so many bytes; what is above is refused halfway, as a full disk does. */
    synchronized void fillUpTo(long bytes) {
        room = bytes;
    }

    synchronized void failSyncs(boolean fail) {
        syncsFail = fail;
    }

    /** Refuses to write zeros over what is there. */
    synchronized void failWipes(boolean fail) {
        wipesFail = fail;
    }

    @Override
    public synchronized OpenFile create(Path file) throws IOException {
        OpenFile created = real.create(file);
        steps.add(new Step.Created(file));
        return new RecordingFile(file, created);
    }

    @Override
    public synchronized OpenFile open(Path file) throws IOException {
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

    private synchronized void write(Path file, OpenFile to, long position, byte[] bytes) throws IOException {
        long length = to.length();
        long growth = Math.max(0, position + bytes.length - length);
        if (wipesFail && growth == 0 && isZero(bytes)) throw new IOException("Read-only file system");
        byte[] fitting = growth <= room ? bytes : Arrays.copyOf(bytes, (int) (bytes.length - growth + room));
        to.write(position, fitting);
        room -= room == Long.MAX_VALUE ? 0 : to.length() - length;
        steps.add(new Step.Written(file, position, fitting));
        if (fitting.length < bytes.length) throw new IOException("No space left on device");
    }

    private static boolean isZero(byte[] bytes) {
        for (byte each : bytes) if (each != 0) return false;
        return true;
    }

    private final class RecordingFile implements OpenFile {
        private final Path path;
        private final OpenFile file;

        RecordingFile(Path path, OpenFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            RecordingDisk.this.write(path, file, position, bytes);
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
