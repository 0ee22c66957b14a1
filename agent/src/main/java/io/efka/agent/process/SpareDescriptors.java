package io.efka.agent.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * File descriptors that are reserved for the agent's shutdown. To end services, the agent must start a shell for
 * signals, read {@code /proc} and write its last checkpoint. Closing the reserve makes that possible when all other
 * descriptors are in use. Thread-safe.
 */
public final class SpareDescriptors implements AutoCloseable {
    /** Ten to start a process, one for each of eight threads that read {@code /proc}, and a few more. */
    private static final int COUNT = 24;

    @GuardedBy("this") private final List<Closeable> held;

    private SpareDescriptors(List<Closeable> held) {
        this.held = held;
    }

    /** Opens them; fewer if there are not so many. */
    public static SpareDescriptors take() {
        var taken = new ArrayList<Closeable>();
        try {
            for (int i = 0; i < COUNT; i++) taken.add(new FileInputStream("/dev/null"));
        } catch (IOException exhausted) {
            // fewer are better than none
        }
        return new SpareDescriptors(taken);
    }

    /** Releases them. */
    @Override
    public synchronized void close() {
        for (Closeable one : held) {
            try {
                one.close();
            } catch (IOException gone) {
                // it is free either way
            }
        }
        held.clear();
    }
}
