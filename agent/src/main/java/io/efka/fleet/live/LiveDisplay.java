package io.efka.fleet.live;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps a view on the screen: draws it when something has changed, at most ten times a second, and hands it the keys. All that
 * is done with the view is posted to the one thread that uses it.
 */
public final class LiveDisplay implements AutoCloseable {
    private static final Duration FRAME = Duration.ofMillis(100);

    /** Ages go on by themselves. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final LiveView view;
    private final BooleanSupplier refresh;
    private final Consumer<Runnable> post;
    private final Runnable end;
    private final LongSupplier clock;
    private final ScheduledThreadPoolExecutor ticker;
    private final AtomicBoolean isPosted = new AtomicBoolean();
    private final AtomicBoolean isInterrupted = new AtomicBoolean();
    private volatile Optional<Screen> screen = Optional.empty();
    private boolean isDue = true;
    private long drawnAt;

    /**
     * Does nothing yet.
     *
     * @param refresh brings the view up to date before it is drawn, and says whether anything has changed
     * @param post runs a task on the thread that uses the view; does not wait
     * @param end called, on any thread, when the operator has quit, or the terminal is gone
     * @param clock monotonic nanoseconds
     */
    public LiveDisplay(
            LiveView view, BooleanSupplier refresh, Consumer<Runnable> post, Runnable end, LongSupplier clock) {
        this.view = view;
        this.refresh = refresh;
        this.post = post;
        this.end = end;
        this.clock = clock;
        ticker = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(task, "efka-frames");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes the terminal.
     *
     * @throws IOException if it cannot be had
     */
    public void open() throws IOException {
        screen = Optional.of(Screen.open(new Screen.Listener() {
            @Override
            public void pressed(Key key) {
                if (key.kind() == Key.Kind.INTERRUPT) interrupt();
                else post.accept(() -> press(key));
            }

            @Override
            public void changed() {
                post.accept(() -> isDue = true);
            }

            @Override
            public void gone() {
                end.run();
            }
        }));
        ticker.scheduleAtFixedRate(this::tick, 0, FRAME.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** At the second time the terminal is given back at once, whatever holds up the end. */
    private void interrupt() {
        if (isInterrupted.getAndSet(true)) screen.ifPresent(Screen::close);
        else end.run();
    }

    /** A thread that is busy is not given more than one frame to draw. */
    private void tick() {
        if (isPosted.compareAndSet(false, true)) post.accept(this::frame);
    }

    private void frame() {
        isPosted.set(false);
        if (refresh.getAsBoolean()) isDue = true;
        if (isDue || clock.getAsLong() - drawnAt > LONGEST.toNanos()) draw();
    }

    private void press(Key key) {
        if (key.kind() == Key.Kind.REDRAW) screen.ifPresent(Screen::redraw);
        view.press(key);
        if (view.isQuit()) end.run();
        else draw();
    }

    private void draw() {
        isDue = false;
        drawnAt = clock.getAsLong();
        screen.ifPresent(on -> on.draw(view.lines(on.size())));
    }

    /** Gives the terminal back. On the thread that uses the view. */
    @Override
    public void close() {
        ticker.shutdownNow();
        screen.ifPresent(Screen::close);
        screen = Optional.empty();
    }
}
