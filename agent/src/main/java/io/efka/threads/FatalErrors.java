package io.efka.threads;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles exceptions that reach the top of a thread or a task, because no code below could handle them. Only tops call
 * it:
 *
 * <ul>
 *   <li>A {@link RuntimeException} at the top of a task is a bug. It is logged, and the thread continues with other tasks.
 *   <li>An {@link Error} (no memory, no thread, a missing class) may have left anything half done, such as a lock without an
 *       owner or a mailbox whose turn never comes. The process ends at once, with {@link ExitCode#INTERNAL}, and the next
 *       agent adopts all services. An agent that continued could look healthy and do nothing.
 *   <li>If a thread of the agent ends by either of them, the process ends too: nobody would do the thread's work.
 * </ul>
 *
 * <p>The static methods are for tops. They pass an {@code Error} to the uncaught-exception handler of the current
 * thread, so that classes with tasks need no reference to this object. The handler is this object if it was
 * {@link #install}ed; in tests it is the JVM's, which prints a stack trace.
 */
public final class FatalErrors implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

    /** Limit for writing the final message: stderr or the disk may be what hangs. */
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(2);

    /** Memory that is released for the final message, which needs some when there may be none. */
    private static final int RESERVE = 512 * 1024;

    private static final int MAX_CAUSES = 10;
    private static final Duration FOR_EVER = Duration.ofDays(100_000);
    private static final byte[] NOTHING = {};
    private static final byte[] SHORT_MESSAGE = ("efka: an internal error; ending at once with exit code "
                    + ExitCode.INTERNAL.number() + "\n")
            .getBytes(StandardCharsets.UTF_8);

    private final OutputStream stderr;
    private final IntConsumer halt;
    private final Duration writeLimit;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch dumpReady = new CountDownLatch(1);
    private final CountDownLatch dumpWritten = new CountDownLatch(1);

    @SuppressWarnings("UnusedVariable") // it exists only to be released
    private volatile byte[] reserve = new byte[RESERVE];

    private volatile byte[] message = NOTHING;
    private volatile byte[] dump = NOTHING;
    private volatile ExitCode exitCode = ExitCode.INTERNAL;
    private volatile Optional<Path> dumpFile = Optional.empty();

    /**
     * Does nothing before {@link #install}.
     *
     * @param stderr unbuffered, and without a lock that a logger may hold: not {@code System.err}
     * @param halt ends the process at once with an exit code
     */
    public FatalErrors(OutputStream stderr, IntConsumer halt) {
        this(stderr, halt, WRITE_LIMIT);
    }

    FatalErrors(OutputStream stderr, IntConsumer halt, Duration writeLimit) {
        this.stderr = stderr;
        this.halt = halt;
        this.writeLimit = writeLimit;
    }

    /**
     * Handles the errors of all threads of this JVM from now on. Starts its two threads now, while the machine has
     * some.
     */
    public FatalErrors install() {
        ThreadDump.load();
        start("agent-halt", this::haltWhenLate);
        start("agent-dump", this::writeDumpFile);
        Thread.setDefaultUncaughtExceptionHandler(this);
        return this;
    }

    private static void start(String name, Runnable work) {
        var thread = new Thread(null, work, name, 64 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    /** Also writes thread dumps to this file. */
    public void dumpTo(Path file) {
        dumpFile = Optional.of(file);
    }

    // For tops.

    /** Runs a task, and handles whatever it throws. */
    public static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) { // a top
            thrown(task, thrown);
        }
    }

    /** Wraps a task, so that whatever it throws is handled. */
    public static Runnable top(Runnable task) {
        return () -> run(task);
    }

    /** Wraps a callback of a {@code CompletableFuture}, which would keep the exception to itself. */
    public static <T> Consumer<T> top(Consumer<T> callback) {
        return value -> {
            try {
                callback.accept(value);
            } catch (Throwable thrown) { // a top
                thrown(callback, thrown);
            }
        };
    }

    /** As {@link #top(Consumer)}, for {@code whenComplete}. */
    @SuppressWarnings("NullAway") // one of the two is null, by the contract of CompletableFuture
    public static <T extends @Nullable Object> BiConsumer<T, Throwable> top(BiConsumer<T, Throwable> callback) {
        return (value, problem) -> {
            try {
                callback.accept(value, problem);
            } catch (Throwable thrown) { // a top
                thrown(callback, thrown);
            }
        };
    }

    /**
     * Handles what reached a top, or was kept by a future.
     *
     * @param source what threw it: a description, or a task, which is named by its class
     */
    public static void thrown(Object source, Throwable thrown) {
        Throwable cause = cause(thrown);
        if (cause instanceof Error) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, cause);
        } else if (thrown instanceof RejectedExecutionException) {
            LOG.debug("{} found a pool full, or closed", name(source), thrown);
        } else {
            LOG.error("{} failed: this is a bug of efka", name(source), cause);
        }
    }

    /**
     * Handles an {@code Error} that a library has caught and wrapped.
     *
     * @param problem ignored unless it, or one of its causes, is an {@code Error}
     */
    public static void haltOnError(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof Error) thrown(problem, cause);
            cause = cause.getCause();
        }
    }

    private static Object name(Object source) {
        return source instanceof CharSequence ? source : source.getClass().getName();
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    // Ending the process.

    /** A thread ends by an exception, or a top passed on an {@code Error}. */
    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        if (thrown instanceof Error || thread instanceof AgentThread) halt(thread, thrown);
        else LOG.error("thread {} ended: this is a bug", thread.getName(), thrown);
    }

    private void halt(Thread thread, Throwable thrown) {
        if (isFirst()) end(() -> "efka: thread " + thread.getName() + ": " + trace(thrown));
        else awaitHalt();
    }

    /** Ends the process at once, after writing the reason and a thread dump. */
    public void halt(String reason) {
        if (isFirst()) end(() -> "efka: " + reason);
        else awaitHalt();
    }

    /**
     * Ends the process after writing one line; if the line cannot be written, after half a second, in which other
     * threads still run. For cases without a bug, and so without a thread dump, in which the agent must do nothing
     * more: another agent uses the data folder, for example. Does not wait for a {@link #halt} that has begun.
     */
    public void leave(String reason, ExitCode code) {
        exitCode = code;
        isFirst();
        String text = "efka: " + reason + "\nefka: ending at once with exit code " + code.number() + "\n";
        writeWithin(writeLimit.dividedBy(4), text.getBytes(StandardCharsets.UTF_8));
        halt.accept(code.number());
    }

    private void writeWithin(Duration limit, byte[] text) {
        var written = new CountDownLatch(1);
        try {
            start("agent-last-words", () -> {
                write(text);
                written.countDown();
            });
        } catch (Throwable noThread) { // ending the process is more important
            return;
        }
        await(written, limit);
    }

    private boolean isFirst() {
        if (!begun.compareAndSet(false, true)) return false;
        reserve = NOTHING;
        ending.countDown();
        return true;
    }

    /** @param reason creates the text within the try block: there may be no memory for it */
    private void end(Supplier<String> reason) {
        try {
            message = (reason.get() + "\nefka: ending at once with exit code " + ExitCode.INTERNAL.number()
                            + "; the next agent takes over all services\n")
                    .getBytes(StandardCharsets.UTF_8);
            dump = ThreadDump.take();
        } catch (Throwable worse) { // no memory for a message: ending the process is more important
            if (message.length == 0) message = SHORT_MESSAGE;
        }
        dumpReady.countDown();
        if (write(message)) write(dump);
        await(dumpWritten, writeLimit);
        halt.accept(ExitCode.INTERNAL.number());
    }

    /** Writes to stderr; returns whether that was possible. */
    private boolean write(byte[] text) {
        try {
            stderr.write(text);
            stderr.flush();
            return true;
        } catch (Throwable worse) { // ending the process is more important
            return false;
        }
    }

    private static String trace(Throwable thrown) {
        var text = new StringBuilder(2048).append(thrown);
        for (StackTraceElement frame : thrown.getStackTrace())
            text.append("\n    at ").append(frame);
        return text.toString();
    }

    /** The state may be broken, so this thread does nothing more. */
    private static void awaitHalt() {
        await(new CountDownLatch(1), FOR_EVER);
    }

    private void haltWhenLate() {
        await(ending, FOR_EVER);
        await(new CountDownLatch(1), writeLimit.multipliedBy(2));
        halt.accept(exitCode.number());
    }

    private void writeDumpFile() {
        await(dumpReady, FOR_EVER);
        try {
            Optional<Path> file = dumpFile;
            if (file.isPresent()) ThreadDump.write(file.get(), message, dump);
        } catch (IOException | RuntimeException notWritten) {
            // it is on stderr
        } finally {
            dumpWritten.countDown();
        }
    }

    private static void await(CountDownLatch latch, Duration limit) {
        try {
            latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }
}
