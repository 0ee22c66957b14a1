package io.efka.agent.install;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The real disk until a given step. There it fails: once, as a disk does, or from then on for good, which leaves what a
 * killed agent would leave.
 */
final class FailingDisk implements InstallDisk {
    private final InstallDisk disk = new LinuxInstallDisk();
    private final int failing;
    private final boolean forGood;
    private int steps;

    private FailingDisk(int failing, boolean forGood) {
        this.failing = failing;
        this.forGood = forGood;
    }

    static FailingDisk once(int step) {
        return new FailingDisk(step, false);
    }

    static FailingDisk from(int step) {
        return new FailingDisk(step, true);
    }

    /** Whether there were enough steps for it to fail. */
    boolean hasFailed() {
        return steps >= failing;
    }

    private void step() throws IOException {
        steps++;
        if (steps == failing || (forGood && steps > failing)) throw new IOException("No space left on device");
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        step();
        disk.makeFolder(folder);
    }

    @Override
    public void makePrivateFolder(Path folder) throws IOException {
        step();
        disk.makePrivateFolder(folder);
    }

    @Override
    public Path makeUniqueFolder(Path parent, String prefix) throws IOException {
        step();
        return disk.makeUniqueFolder(parent, prefix);
    }

    @Override
    public void write(Path file, byte[] content, int mode) throws IOException {
        step();
        disk.write(file, content, mode);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step();
        disk.move(from, to);
    }

    @Override
    public void sync(Path folder) throws IOException {
        step();
        disk.sync(folder);
    }

    @Override
    public void deleteTree(Path folder) throws IOException {
        step();
        disk.deleteTree(folder);
    }

    @Override
    public boolean deleteIfEmpty(Path folder) throws IOException {
        step();
        return disk.deleteIfEmpty(folder);
    }

    @Override
    public boolean isWritable(Path folder) {
        return disk.isWritable(folder);
    }

    @Override
    public boolean isMountPoint(Path folder) throws IOException {
        return disk.isMountPoint(folder);
    }
}
