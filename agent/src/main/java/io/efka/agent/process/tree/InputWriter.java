package io.efka.agent.process.tree;

import io.efka.agent.files.FileIdentity;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the FIFOs that are the services' stdin, on a thread of its own, which exists only while it is needed. A
 * service that does not read delays the input of others by two seconds at most, and nothing else.
 */
public final class InputWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InputWriter.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** The capacity of a FIFO in Linux (pipe(7)). */
    private static final int CAPACITY = 65_536;
    /** PIPE_BUF: as many bytes are written all at once or not at all. */
    private static final int CHUNK = 4_096;

    /** The file type in a mode (inode(7)). */
    private static final int TYPE = 0170000;

    private static final int FIFO = 0010000;

    /** Creates no file and follows no link. */
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String GONE =
            "stdin of this run was deleted or replaced: restart the service to have one again";

    private final Timers timers;
    private final TaskPool thread;

    public InputWriter(Timers timers) {
        this.timers = timers;
        this.thread = TaskPool.onDemand("efka-input", 1, Duration.ofSeconds(1), new LinkedBlockingQueue<>(64), 0);
    }

    /**
     * Writes all bytes. Never blocks.
     *
     * @param done receives why they could not be written; empty: they were
     */
    public void write(Path fifo, byte[] bytes, Consumer<Optional<String>> done) {
        try {
            thread.execute(() -> done.accept(tryWrite(fifo, bytes)));
        } catch (RejectedExecutionException full) {
            done.accept(Optional.of("64 inputs are waiting to be written; try again later"));
        }
    }

    /** Also opens it for reading, so that opening does not wait for a reader (fifo(7)). */
    private Optional<String> tryWrite(Path fifo, byte[] bytes) {
        Optional<FileIdentity> known = fifo(fifo);
        if (known.isEmpty()) return Optional.of(GONE);
        try (FileChannel channel = FileChannel.open(fifo, OPTIONS)) {
            Optional<Path> descriptor = descriptor(known.get());
            if (descriptor.isEmpty()) return Optional.of(GONE);
            try (FileInputStream reader = new FileInputStream(descriptor.get().toFile())) {
                int waiting = reader.available();
                if (waiting + Math.min(bytes.length, CHUNK) > CAPACITY) return Optional.of(full(waiting));
                return writeAll(channel, reader, bytes);
            }
        } catch (NoSuchFileException deletedMeanwhile) {
            return Optional.of(GONE);
        } catch (IOException failed) {
            LOG.debug("input to {} failed", fifo, failed);
            return Optional.of("stdin cannot be written: " + failed.getMessage());
        }
    }

    /** Empty if the path is not a FIFO. */
    private static Optional<FileIdentity> fifo(Path path) {
        try {
            Map<String, Object> is = Files.readAttributes(path, "unix:mode,fileKey", LinkOption.NOFOLLOW_LINKS);
            boolean isFifo = is.get("mode") instanceof Integer mode && (mode & TYPE) == FIFO;
            return isFifo ? Optional.ofNullable(is.get("fileKey")).map(FileIdentity::new) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /**
     * The descriptor of the open file, if it is the file that was checked. Opening the path a second time could follow
     * a link, or block on another FIFO. Java provides neither the number of a descriptor nor, without an input stream,
     * how many bytes wait.
     */
    private static Optional<Path> descriptor(FileIdentity known) throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(each -> isOpenAs(each, known)).findFirst();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isOpenAs(Path descriptor, FileIdentity known) {
        try {
            return known.key().equals(Files.getAttribute(descriptor, "fileKey"));
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Closing the channel wakes the thread that is blocked in a write. */
    private Optional<String> writeAll(FileChannel channel, FileInputStream reader, byte[] bytes) throws IOException {
        int waiting = 0;
        Timers.Timer timeout = timers.schedule(TIMEOUT, () -> close(channel));
        int written = 0;
        try {
            while (written < bytes.length) {
                ByteBuffer chunk = ByteBuffer.wrap(bytes, written, Math.min(CHUNK, bytes.length - written));
                waiting = reader.available();
                written += channel.write(chunk);
            }
            return Optional.empty();
        } catch (ClosedChannelException timedOut) {
            String taken = written == 0 ? "" : "; " + written + " of " + bytes.length + " bytes were taken";
            return Optional.of(full(waiting) + taken);
        } finally {
            timeout.cancel();
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
