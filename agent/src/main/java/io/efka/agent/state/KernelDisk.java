package io.efka.agent.state;

import io.efka.agent.files.AtomicFiles;
import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The real disk. {@link RandomAccessFile}, because an interrupt closes a {@link FileChannel} for good. */
final class KernelDisk implements StateDisk {

    @Override
    public OpenFile create(Path file) throws IOException {
        PrivateFiles.create(file);
        var created = new RandomAccessFile(file.toFile(), "rw");
        created.setLength(0);
        return new KernelFile(created);
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        return new KernelFile(new RandomAccessFile(file.toFile(), "rw"));
    }

    @Override
    public void force(Path file) throws IOException {
        AtomicFiles.sync(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        AtomicFiles.sync(folder);
    }

    private record KernelFile(RandomAccessFile file) implements OpenFile {
        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            file.seek(position);
            file.write(bytes);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
