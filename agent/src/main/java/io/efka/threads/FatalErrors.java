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
 * Decides what it means when something is thrown that nobody below could answer. The tops of threads and tasks ask it,
 * and nobody else:
 *
 * <ul>
 *   <li>A {@link RuntimeException} at the top of a task is a bug. It is logged, and what runs the tasks goes on.
 *   <li>An {@link Error} (no memory, no thread, a class missing) may have left anything half done: a lock without an
 *       owner, a mailbox whose turn never comes. The process ends at once, with {@link ExitCode#INTERNAL}. The next agent
 *       adopts every service, where one that goes on half broken looks well and hears nothing.
 *   <li>A thread of the agent that ends by either would leave its work undone: as an {@code Error}.
 * </ul>
 *
 * <p>The static methods are for the tops. They hand an {@code Error} to the handler of the thread they are on, so that
 * nothing has to be passed to every class that has a task: the handler is this class where it was {@link #install}ed,
 * and the JVM's, which prints a stack trace, in a test.
 */
public final class FatalErrors implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

    /** What the last words may take. Where they go may be what hangs: a full pipe, a dead disk. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Let go of for the last words, which need memory where there may be none. */
    private static final int RESERVE = 512 * 1024;

    private static final int MAX_CAUSES = 10;
    private static final Duration FOR_EVER = Duration.ofDays(100_000);
    private static final byte[] NOTHING = {};
    private static final byte[] SPEECHLESS = ("efka: an internal error; ending at once with exit code "
                    + ExitCode.INTERNAL.number() + "\n")
            .getBytes(StandardCharsets.UTF_8);

    private final OutputStream stderr;
    private final IntConsumer halt;
    private final Duration patience;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch dumpReady = new CountDownLatch(1);
    private final CountDownLatch dumpWritten = new CountDownLatch(1);

    @SuppressWarnings("UnusedVariable") // it is there to be given back
    private volatile byte[] reserve = new byte[RESERVE];

    private volatile byte[] head = NOTHING;
    private volatile byte[] dump = NOTHING;
    private volatile ExitCode exitCode = ExitCode.INTERNAL;
    private volatile Optional<Path> dumpFile = Optional.empty();

    /**
     * Waits for nothing yet.
     *
     * @param stderr unbuffered, and with no lock that a logger may hold: not {@code System.err}
     * @param halt ends the process at once with an exit code
     */
    public FatalErrors(OutputStream stderr, IntConsumer halt) {
        this(stderr, halt, PATIENCE);
    }

    FatalErrors(OutputStream stderr, IntConsumer halt, Duration patience) {
        this.stderr = stderr;
        this.halt = halt;
        this.patience = patience;
    }

    /** Answers for every thread of this JVM from now on. Its two threads are started now, while there are some. */
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

    /** Writes thread dumps also to this file from now on. */
    public void dumpTo(Path file) {
        dumpFile = Optional.of(file);
    }

    // For tops.

    /** Runs a task, and answers whatever it throws. */
    public static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) { // a top
            thrown(task, thrown);
        }
    }

    /** The task, with a top. */
    public static Runnable top(Runnable task) {
        return () -> run(task);
    }

    /** A callback of a {@code CompletableFuture}, with a top: the future would keep to itself what is thrown. */
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
     * Answers what was thrown at a top, or was kept by a future.
     *
     * @param doing what it was thrown by: its {@code toString}, or its class if it is a task
     */
    public static void thrown(Object doing, Throwable thrown) {
        Throwable cause = cause(thrown);
        if (cause instanceof Error) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, cause);
        } else if (thrown instanceof RejectedExecutionException) {
            LOG.debug("{} found a pool full, or closed", name(doing), thrown);
        } else {
            LOG.error("{} failed: this is a bug of efka", name(doing), cause);
        }
    }

    /**
     * Hands over an {@code Error} that a library has caught and wrapped.
     *
     * @param problem nothing is done if neither it nor one of its causes is an {@code Error}
     */
    public static void haltOnError(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof Error) thrown(problem, cause);
            cause = cause.getCause();
        }
    }

    private static Object name(Object doing) {
        return doing instanceof CharSequence ? doing : doing.getClass().getName();
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    // The end.

    /** A thread ends by what it threw, or a top handed over an {@code Error}. */
    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        if (thrown instanceof Error || thread instanceof AgentThread) halt(thread, thrown);
        else LOG.error("thread {} ended: this is a bug", thread.getName(), thrown);
    }

    private void halt(Thread thread, Throwable thrown) {
        if (isFirst()) end(() -> "efka: thread " + thread.getName() + ": " + trace(thrown));
        else awaitHalt();
    }

    /** Ends the process at once, after some last words: why, and what every thread does. */
    public void halt(String why) {
        if (isFirst()) end(() -> "efka: " + why);
        else awaitHalt();
    }

    /**
     * Ends the process at once, after one line, or half a second later where nothing takes the line: other threads work on
     * until then. Nothing is broken, so there is no thread dump; but not another step is allowed, such as where the data
     * folder is another agent's. So it does not wait for a {@link #halt} that has begun.
     */
    public void leave(String why, ExitCode code) {
        exitCode = code;
        isFirst();
        String words = "efka: " + why + "\nefka: ending at once with exit code " + code.number() + "\n";
        sayWithin(patience.dividedBy(4), words.getBytes(StandardCharsets.UTF_8));
        halt.accept(code.number());
    }

    private void sayWithin(Duration limit, byte[] words) {
        var said = new CountDownLatch(1);
        try {
            start("agent-last-words", () -> {
                say(words);
                said.countDown();
            });
        } catch (Throwable noThread) { // the end matters more
            return;
        }
        await(said, limit);
    }

    private boolean isFirst() {
        if (!begun.compareAndSet(false, true)) return false;
        reserve = NOTHING;
        ending.countDown();
        return true;
    }

    /** @param why makes the text inside, since there may be no memory for it */
    private void end(Supplier<String> why) {
        try {
            head = (why.get() + "\nefka: ending at once with exit code " + ExitCode.INTERNAL.number()
                            + "; the next agent takes over all services\n")
                    .getBytes(StandardCharsets.UTF_8);
            dump = ThreadDump.take();
        } catch (Throwable worse) { // no memory for words: the end matters more
            if (head.length == 0) head = SPEECHLESS;
        }
        dumpReady.countDown();
        if (say(head)) say(dump);
        await(dumpWritten, patience);
        halt.accept(ExitCode.INTERNAL.number());
    }

    /** Whether somebody listened: the end matters more. */
    private boolean say(byte[] words) {
        try {
            stderr.write(words);
            stderr.flush();
            return true;
        } catch (Throwable worse) { // of the last words
            return false;
        }
    }

    private static String trace(Throwable thrown) {
        var text = new StringBuilder(2048).append(thrown);
        for (StackTraceElement frame : thrown.getStackTrace())
            text.append("\n    at ").append(frame);
        return text.toString();
    }

    /** The state may be broken: nothing more is done on this thread. */
    private static void awaitHalt() {
        await(new CountDownLatch(1), FOR_EVER);
    }

    private void haltWhenLate() {
        await(ending, FOR_EVER);
        await(new CountDownLatch(1), patience.multipliedBy(2));
        halt.accept(exitCode.number());
    }

    private void writeDumpFile() {
        await(dumpReady, FOR_EVER);
        try {
            Optional<Path> file = dumpFile;
            if (file.isPresent()) ThreadDump.write(file.get(), head, dump);
        } catch (IOException | RuntimeException notWritten) {
            // it stands on stderr
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
