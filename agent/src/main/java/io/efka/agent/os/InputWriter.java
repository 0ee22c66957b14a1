package io.efka.agent.os;

import io.efka.agent.service.Timers;
import io.efka.agent.threads.TaskPool;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the FIFOs that services read as their stdin, on one thread of its own, which is there only when needed. A
 * service that does not read delays others' input by two seconds at most, and nothing else.
 */
final class InputWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InputWriter.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** What Linux holds in a FIFO (pipe(7)). */
    private static final int CAPACITY = 65_536;
    /** PIPE_BUF: so much is written at once or not at all. */
    private static final int CHUNK = 4_096;

    private final Timers timers;
    private final TaskPool thread;

    InputWriter(Timers timers) {
        this.timers = timers;
        this.thread = TaskPool.passing("efka-input", 1, Duration.ofSeconds(1), new LinkedBlockingQueue<>(64), 0);
    }

    /** Writes all bytes, or says what kept it from that. Never blocks. */
    void write(Path fifo, byte[] bytes, Consumer<Optional<String>> done) {
        try {
            thread.execute(() -> done.accept(tryWrite(fifo, bytes)));
        } catch (RejectedExecutionException full) {
            done.accept(Optional.of("64 inputs are waiting to be written; try again later"));
        }
    }

    /** Opened for reading too, so that opening never waits for a reader. */
    private Optional<String> tryWrite(Path fifo, byte[] bytes) {
        // "rw" would make a file where none is.
        if (!isFifo(fifo)) return Optional.of("stdin of this run was deleted: restart the service to have one again");
        try (RandomAccessFile file = new RandomAccessFile(fifo.toFile(), "rw");
                FileInputStream reader = new FileInputStream(file.getFD())) {
            int waiting = reader.available();
            if (waiting + Math.min(bytes.length, CHUNK) > CAPACITY) return Optional.of(full(waiting));
            return writeAll(file.getChannel(), reader, bytes);
        } catch (IOException failed) {
            LOG.debug("input to {} failed", fifo, failed);
            return Optional.of("stdin cannot be written: " + failed.getMessage());
        }
    }

    private static boolean isFifo(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException gone) {
            return false;
        }
    }

    /** Closing a channel wakes the thread that is blocked in writing to it. */
    private Optional<String> writeAll(FileChannel channel, FileInputStream reader, byte[] bytes) throws IOException {
        int waiting = 0;
        Timers.Timer patience = timers.schedule(PATIENCE, () -> close(channel));
        int written = 0;
        try {
            while (written < bytes.length) {
                ByteBuffer chunk = ByteBuffer.wrap(bytes, written, Math.min(CHUNK, bytes.length - written));
                waiting = reader.available();
                written += channel.write(chunk);
            }
            return Optional.empty();
        } catch (ClosedChannelException outOfPatience) {
            String taken = written == 0 ? "" : "; " + written + " of " + bytes.length + " bytes were taken";
            return Optional.of(full(waiting) + taken);
        } finally {
            patience.cancel();
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException closed) {
            LOG.debug("closing a stdin failed", closed);
        }
    }

    private static String full(int waiting) {
        return "stdin is full: " + waiting + " bytes are waiting to be read";
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
