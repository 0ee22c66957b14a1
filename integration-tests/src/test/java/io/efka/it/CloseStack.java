package io.efka.it;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a fixture has opened so far; closed in reverse, each one whatever became of the others. */
final class CloseStack implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T one) {
        opened.push(one);
        return one;
    }

    /** For a start that has failed: closes all, and fails with the reason. */
    AssertionError failed(Throwable reason) {
        try {
            close();
        } catch (AssertionError e) {
            reason.addSuppressed(e);
        }
        return new AssertionError("could not be started", reason);
    }

    @Override
    public void close() {
        var failure = new AssertionError("could not be closed");
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception | AssertionError e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) throw failure;
    }
}
