package io.efka.fleet.live;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.fleet.live.KeyDecoder.Input;
import java.io.IOError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.Signals;

/**
 * The terminal of this process while a table is on it: another screen, so that what was there before comes back, and keys that
 * come one by one. Ctrl-C is one of them, and no signal: a second signal would end the process before the terminal is as it was. JLine
 * does this by {@code stty}, which is there on every Linux: its other ways need
 * native code, which Java warns of. Lines are compared here, and not by JLine's {@code Display}: that counts columns within a
 * line, and leaves remains where the terminal draws a character narrower or wider than it thinks. Thread-safe.
 */
public final class Screen implements AutoCloseable {
    /** Another screen, no cursor, no line that goes on in the next one. */
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";

    private static final String LEAVE = "\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";

    /** A terminal that knows these shows all in between at once; others ignore them. */
    private static final String FRAME_START = "\u001b[?2026h";

    private static final String FRAME_END = "\u001b[?2026l";

    private static final long STOP_SECONDS = 5;

    private final Listener listener;
    private final Terminal terminal;
    private final Attributes before;
    private final List<Runnable> undo = new ArrayList<>();

    @GuardedBy("this") private List<String> drawn = List.of();

    @GuardedBy("this") private Optional<ScreenSize> size = Optional.empty();

    @GuardedBy("this") private boolean isShown;

    @GuardedBy("this") private boolean isClosed;

    /** Hears of what the operator does, on threads of the screen's own. */
    public interface Listener {
        void pressed(Key key);

        /** All is to be drawn anew. */
        void changed();

        /** The terminal is gone. */
        void gone();
    }

    private Screen(Listener listener, Terminal terminal) {
        this.listener = listener;
        this.terminal = terminal;
        this.before = terminal.getAttributes();
    }

    /**
     * Takes the terminal.
     *
     * @throws IOException if it cannot be had
     */
    public static Screen open(Listener listener) throws IOException {
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
                .type("xterm") // nothing is asked of terminfo: what is written here, all terminals know
                .encoding(StandardCharsets.UTF_8)
                .dumb(false)
                .nativeSignals(false)
                .graphemeCluster(false) // it would ask the terminal, and wait
                .build();
        return open(listener, terminal);
    }

    static Screen open(Listener listener, Terminal terminal) {
        var screen = new Screen(listener, terminal);
        try {
            screen.show();
            screen.listen();
            return screen;
        } catch (RuntimeException e) {
            screen.close();
            throw e;
        }
    }

    private void listen() {
        take("WINCH", this::resized);
        take("TSTP", this::stop);
        take("CONT", this::show);
        var keys = new Thread(this::readKeys, "efka-keys");
        keys.setDaemon(true);
        keys.start();
    }

    private void take(String signal, Runnable heard) {
        Object previous = Signals.register(signal, heard);
        undo.add(() -> Signals.unregister(signal, previous));
    }

    /** How large it is now. */
    public synchronized ScreenSize size() {
        if (size.isEmpty()) {
            size = Optional.of(measured());
        }
        return size.get();
    }

    private ScreenSize measured() {
        try {
            Size now = terminal.getSize();
            return ScreenSize.of(now.getColumns(), now.getRows());
        } catch (IOError e) {
            listener.gone();
            return ScreenSize.of(0, 0);
        }
    }

    /** A terminal that hangs up lets stty fail, of which JLine makes an error. */
    private void set(Attributes attributes) {
        try {
            terminal.setAttributes(attributes);
        } catch (IOError e) {
            listener.gone();
        }
    }

    /**
     * Draws what has changed since the last time.
     *
     * @param lines each fits, and is safe; from the top
     */
    public synchronized void draw(List<String> lines) {
        if (!isShown) return;
        var changes = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (i < drawn.size() && drawn.get(i).equals(lines.get(i))) continue;
            changes.append("\u001b[")
                    .append(i + 1)
                    .append(";1H")
                    .append(lines.get(i))
                    .append("\u001b[K");
        }
        drawn = List.copyOf(lines);
        if (changes.length() > 0) write(FRAME_START + changes + FRAME_END);
    }

    /** All is drawn anew the next time, whatever is there. */
    public synchronized void redraw() {
        drawn = List.of();
        if (isShown) write("\u001b[2J");
    }

    private void resized() {
        synchronized (this) {
            size = Optional.empty();
            drawn = List.of();
        }
        listener.changed();
    }

    /** At the start, and when a shell brings it back to the foreground. */
    void show() {
        synchronized (this) {
            if (isClosed) return;
            set(keyByKey());
            isShown = true;
            size = Optional.empty();
            drawn = List.of();
            write(ENTER);
        }
        listener.changed();
    }

    private Attributes keyByKey() {
        var attributes = new Attributes(before);
        attributes.setLocalFlag(LocalFlag.ICANON, false);
        attributes.setLocalFlag(LocalFlag.ECHO, false);
        attributes.setLocalFlag(LocalFlag.IEXTEN, false);
        attributes.setInputFlag(InputFlag.IXON, false);
        attributes.setInputFlag(InputFlag.ICRNL, false);
        attributes.setControlChar(ControlChar.VINTR, 0); // none
        attributes.setControlChar(ControlChar.VMIN, 1);
        attributes.setControlChar(ControlChar.VTIME, 0);
        return attributes;
    }

    private synchronized void hide() {
        if (!isShown) return;
        isShown = false;
        try {
            write(LEAVE);
        } finally {
            set(before);
        }
    }

    /** Ctrl-Z: the shell must find its own screen. */
    private void stop() {
        hide();
        try {
            String pid = Long.toString(ProcessHandle.current().pid());
            // Java has no way to stop itself.
            new ProcessBuilder("sh", "-c", "kill -STOP " + pid).start().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            show();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String text) {
        try {
            terminal.output().write(text.getBytes(StandardCharsets.UTF_8));
            terminal.output().flush();
        } catch (IOException e) {
            listener.gone();
        }
    }

    private void readKeys() {
        NonBlockingReader reader = terminal.reader();
        var decoder = new KeyDecoder(limit -> {
            int unit = reader.read(limit);
            return unit == NonBlockingReader.READ_EXPIRED ? Input.NOTHING : unit;
        });
        try {
            for (Optional<Key> key = decoder.next(); key.isPresent(); key = decoder.next()) listener.pressed(key.get());
        } catch (IOException | UncheckedIOException | IOError e) {
            // closed, or gone
        }
        if (!isClosed()) listener.gone();
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    /** Gives the terminal back as it was. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) return;
            isClosed = true;
        }
        undo.forEach(Runnable::run);
        try {
            hide();
        } finally {
            try {
                terminal.close();
            } catch (IOException | IOError e) {
                listener.gone();
            }
        }
    }
}
