package io.efka.agent.artifact.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip, of one or more members (RFC 1952). The JDK's {@code GZIPInputStream} ignores what follows the last
 * member; this class refuses it. Nothing of a header is kept.
 */
final class GzipInput extends BlockInput {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int BUFFER = 8 * 1024;

    private final PushbackInputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private boolean isAtEnd;

    GzipInput(InputStream in) throws IOException {
        this.in = new PushbackInputStream(new BufferedInputStream(in, BUFFER), BUFFER);
        header(required());
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (count == 0) return 0;
        while (!isAtEnd) {
            int done = inflate(into, offset, count);
            if (done > 0) {
                sum.update(into, offset, done);
                return done;
            }
            if (inflater.finished()) nextMember();
            else if (inflater.needsDictionary()) throw damaged("needs a dictionary");
            else if (inflater.needsInput()) fill();
        }
        return -1;
    }

    private int inflate(byte[] into, int offset, int count) throws BadArchiveException {
        try {
            return inflater.inflate(into, offset, count);
        } catch (DataFormatException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private void fill() throws IOException {
        int count = in.read(buffer);
        if (count < 0) throw BadArchiveException.of("is cut off");
        filled = count;
        inflater.setInput(buffer, 0, count);
    }

    private void nextMember() throws IOException {
        int left = inflater.getRemaining();
        if (left > 0) in.unread(buffer, filled - left, left);
        if (number(4) != sum.getValue()) throw damaged("wrong checksum");
        if (number(4) != (inflater.getBytesWritten() & 0xffffffffL)) throw damaged("wrong length");
        int next = in.read();
        if (next < 0) {
            isAtEnd = true;
            return;
        }
        header(next);
        inflater.reset();
        sum.reset();
    }

    private void header(int first) throws IOException {
        if (first != 0x1f || required() != 0x8b) throw BadArchiveException.of("has something behind its end");
        if (required() != 8) throw damaged("unknown method");
        int flags = required();
        if ((flags & RESERVED) != 0) throw damaged("unknown flags");
        for (int i = 0; i < 6; i++) required();
        if ((flags & EXTRA) != 0) for (long left = number(2); left > 0; left--) required();
        if ((flags & NAME) != 0) skipText();
        if ((flags & COMMENT) != 0) skipText();
        if ((flags & HEADER_CRC) != 0) number(2);
    }

    private void skipText() throws IOException {
        while (required() != 0) {
            // skipped
        }
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) number |= (long) required() << (8 * i);
        return number;
    }

    private int required() throws IOException {
        int next = in.read();
        if (next < 0) throw BadArchiveException.of("is cut off");
        return next;
    }

    private static BadArchiveException damaged(String what) {
        return BadArchiveException.of("is damaged: gzip: " + what);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
