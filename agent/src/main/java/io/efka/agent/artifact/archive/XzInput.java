package io.efka.agent.artifact.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;

/** Decompresses xz, of one or more streams, with a limit of memory. Refuses what follows the last one. */
final class XzInput extends InputStream {
    /** What {@code xz -7} needs; {@code xz} uses half of it by default. */
    private static final int MAX_DICTIONARY_MIB = 16;

    /** The dictionary, and what the decoder needs beside it. */
    private static final int MAX_MEMORY_KIB = (MAX_DICTIONARY_MIB + 1) * 1024;

    private final XZInputStream in;

    XzInput(InputStream archive) throws IOException {
        try {
            in = new XZInputStream(archive, MAX_MEMORY_KIB);
        } catch (XZIOException | EOFException e) {
            throw refusal(e);
        }
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (XZIOException | EOFException e) {
            throw refusal(e);
        }
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        try {
            return in.read(into, offset, count);
        } catch (XZIOException | EOFException e) {
            throw refusal(e);
        }
    }

    private static BadArchiveException refusal(IOException problem) {
        if (problem instanceof EOFException) return BadArchiveException.of("is cut off");
        if (problem instanceof MemoryLimitException) {
            return BadArchiveException.of("needs an xz dictionary of more than " + MAX_DICTIONARY_MIB
                    + " MiB: compress it with xz -7 or a lower level");
        }
        String reason = problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        return BadArchiveException.of("is damaged: xz: " + reason);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
