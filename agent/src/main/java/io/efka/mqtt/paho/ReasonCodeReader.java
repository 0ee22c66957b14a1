package io.efka.mqtt.paho;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what the broker sends on its way to Paho. Paho ends the connection at a reason code that it does not expect in an
 * acknowledgement, as Mosquitto's 0x95 for a message that is too large; here such a code becomes 0x80, and {@link
 * PahoResponses} keeps what it was. For one thread.
 */
final class ReasonCodeReader extends FilterInputStream {
    private static final int CONNACK = 2;
    private static final int PUBACK = 4;
    private static final int SUBACK = 9;
    private static final byte UNSPECIFIED = (byte) 0x80;

    private final PahoResponses responses;
    private Part part = Part.TYPE;
    private int type;
    private int length;
    private int shift;
    private int position;
    private int packetId;
    private int properties;
    private int codesFrom;

    ReasonCodeReader(InputStream in, PahoResponses responses) {
        super(in);
        this.responses = responses;
    }

    private enum Part {
        TYPE,
        LENGTH,
        BODY
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        return next < 0 ? next : pass((byte) next) & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int read = super.read(target, offset, count);
        for (int i = offset; i < offset + read; i++) {
            if (part == Part.BODY && !isOfInterest()) {
                int skipped = Math.min(offset + read - i, length - position);
                position += skipped;
                i += skipped - 1;
                endIfComplete();
            } else {
                target[i] = pass(target[i]);
            }
        }
        return read;
    }

    private boolean isOfInterest() {
        return type == CONNACK || type == PUBACK || type == SUBACK;
    }

    private byte pass(byte next) {
        switch (part) {
            case TYPE -> {
                type = (next & 0xF0) >> 4;
                length = 0;
                shift = 0;
                part = Part.LENGTH;
            }
            case LENGTH -> {
                length |= (next & 0x7F) << shift;
                shift += 7;
                if (next >= 0) beginBody();
            }
            case BODY -> {
                byte passed = body(next & 0xFF);
                position++;
                endIfComplete();
                return passed;
            }
        }
        return next;
    }

    private void beginBody() {
        position = 0;
        packetId = 0;
        properties = 0;
        shift = 0;
        codesFrom = Integer.MAX_VALUE;
        part = Part.BODY;
        endIfComplete();
    }

    private void endIfComplete() {
        if (part == Part.BODY && position >= length) part = Part.TYPE;
    }

    private byte body(int next) {
        return switch (type) {
            case CONNACK -> connack(next);
            case PUBACK -> puback(next);
            case SUBACK -> suback(next);
            default -> (byte) next;
        };
    }

    /** An MQTT 5 broker sends properties as well, if only their length. */
    private byte connack(int next) {
        if (position != 1) return (byte) next;
        if (length == 2) responses.olderConnack(next);
        if (!ReasonCode.isError(next)) return (byte) next;
        responses.connack(next);
        return UNSPECIFIED;
    }

    private byte puback(int next) {
        if (position < 2) packetId = packetId << 8 | next;
        if (position != 2 || !ReasonCode.isError(next)) return (byte) next;
        responses.puback(packetId, next);
        return UNSPECIFIED;
    }

    private byte suback(int next) {
        if (position < 2) {
            packetId = packetId << 8 | next;
        } else if (codesFrom == Integer.MAX_VALUE) {
            properties |= (next & 0x7F) << shift;
            shift += 7;
            if (next < 0x80) codesFrom = position + 1 + properties;
        } else if (position >= codesFrom) {
            responses.suback(packetId, next);
            return ReasonCode.isError(next) ? UNSPECIFIED : (byte) next;
        }
        return (byte) next;
    }
}
