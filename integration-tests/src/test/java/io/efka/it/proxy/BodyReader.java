package io.efka.it.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the body of a packet from front to back. */
final class BodyReader {
    private final ByteBuffer bytes;

    BodyReader(byte[] body, int from) {
        bytes = ByteBuffer.wrap(body, from, body.length - from);
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    int next() {
        return bytes.get() & 0xFF;
    }

    /** A length of one to four bytes, as it is before properties. */
    int length() {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = next();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    String string() {
        return new String(take(bytes.getShort() & 0xFFFF), StandardCharsets.UTF_8);
    }

    byte[] take(int count) {
        byte[] taken = new byte[count];
        bytes.get(taken);
        return taken;
    }

    void skip(int count) {
        bytes.position(bytes.position() + count);
    }

    byte[] rest() {
        return take(bytes.remaining());
    }

    int position() {
        return bytes.position();
    }
}
