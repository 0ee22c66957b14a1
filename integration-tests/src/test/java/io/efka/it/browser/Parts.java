package io.efka.it.browser;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has started: all of it is ended, the newest first, also if one of them fails. */
final class Parts {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T with(T part) {
        parts.push(part);
        return part;
    }

    void close() throws Exception {
        if (parts.isEmpty()) return;
        try {
            parts.pop().close();
        } finally {
            close();
        }
    }
}
