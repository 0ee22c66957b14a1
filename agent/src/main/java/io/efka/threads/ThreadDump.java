package io.efka.threads;

import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The stacks of all threads of this process, as text. */
final class ThreadDump {
    /** Of the text: a few hundred threads. */
    private static final int MAX_CHARACTERS = 256 * 1024;

    private static final int MAX_FRAMES = 64;

    private ThreadDump() {}

    /** Loads this class now: later the jar may have been replaced. */
    static void load() {
        // the call is enough
    }

    /** All threads, with the locks that they wait for; cut off at 256 KiB. */
    static byte[] take() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        var text = new StringBuilder(16 * 1024);
        for (ThreadInfo thread : threads.dumpAllThreads(true, true, MAX_FRAMES)) {
            if (thread != null && text.length() < MAX_CHARACTERS) append(thread, text);
        }
        text.setLength(Math.min(text.length(), MAX_CHARACTERS));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(ThreadInfo thread, StringBuilder text) {
        text.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
        LockInfo lock = thread.getLockInfo();
        if (lock != null) text.append(" on ").append(lock);
        if (thread.getLockOwnerName() != null) {
            text.append(" held by \"").append(thread.getLockOwnerName()).append('"');
        }
        text.append('\n');
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("    at ").append(frame).append('\n');
        }
        text.append('\n');
    }

    /** Writes a file that only its owner can read; replaces an existing one. */
    static void write(Path file, byte[] head, byte[] dump) throws IOException {
        Files.deleteIfExists(file);
        try (SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            for (byte[] part : new byte[][] {head, dump}) {
                ByteBuffer bytes = ByteBuffer.wrap(part);
                while (bytes.hasRemaining()) channel.write(bytes);
            }
        }
    }
}
