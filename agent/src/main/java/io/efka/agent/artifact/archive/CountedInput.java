package io.efka.agent.artifact.archive;

import java.io.IOException;
import java.io.InputStream;

/** Counts what comes out of a decompressor. */
final class CountedInput extends InputStream {
    private final InputStream in;
    private final UnpackBudget budget;

    CountedInput(InputStream in, UnpackBudget budget) {
        this.in = in;
        this.budget = budget;
    }

    @Override
    public int read() throws IOException {
        int next = in.read();
        if (next >= 0) budget.unpacked(1);
        return next;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        int done = in.read(into, offset, count);
        if (done > 0) budget.unpacked(done);
        return done;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
