package io.efka.agent.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * File descriptors that are held for the end of the agent. To end services it must start a shell for their signals, look
 * at {@code /proc} and write its last checkpoint: closing these gives it what it needs when others have taken all the rest.
 * Thread-safe.
 */
public final class SpareDescriptors implements AutoCloseable {
    /** Starting a process takes ten, a look at {@code /proc} one a thread, of which eight may look; and some to spare. */
    private static final int COUNT = 24;

    @GuardedBy("this") private final List<Closeable> held;

    private SpareDescriptors(List<Closeable> held) {
        this.held = held;
    }

    /** Takes them; fewer where there are not so many. */
    public static SpareDescriptors take() {
        var taken = new ArrayList<Closeable>();
        try {
            for (int i = 0; i < COUNT; i++) taken.add(new FileInputStream("/dev/null"));
        } catch (IOException exhausted) {
            // as many as there were
        }
        return new SpareDescriptors(taken);
    }

    /** Gives them back. */
    @Override
    public synchronized void close() {
        for (Closeable one : held) {
            try {
                one.close();
            } catch (IOException gone) {
                // it is free all the same
            }
        }
        held.clear();
    }
}
