package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What the broker answered on one connection. Paho loses or misreads parts of it; {@link Reader} records here what the
 * broker really sent. Thread-safe.
 */
final class PahoResponses {
    @GuardedBy("this") private final Map<Integer, Integer> pubacks = new HashMap<>();

    @GuardedBy("this") private final Map<Integer, List<Integer>> subacks = new HashMap<>();

    @GuardedBy("this") private Optional<Integer> connack = Optional.empty();

    @GuardedBy("this") private Optional<Integer> olderConnack = Optional.empty();

    synchronized void puback(int packetId, int code) {
        pubacks.put(packetId, code);
    }

    /** Adds the next code of one SUBACK. */
    synchronized void suback(int packetId, int code) {
        subacks.computeIfAbsent(packetId, none -> new ArrayList<>()).add(code);
    }

    synchronized void connack(int code) {
        connack = Optional.of(code);
    }

    synchronized void olderConnack(int code) {
        olderConnack = Optional.of(code);
    }

    /** The error that answered a publish, if any; removed here. */
    synchronized Optional<Integer> takePuback(int packetId) {
        return Optional.ofNullable(pubacks.remove(packetId));
    }

    /** The codes that answered a subscription, in its order; removed here. */
    synchronized List<Integer> takeSuback(int packetId) {
        return Optional.ofNullable(subacks.remove(packetId)).orElse(List.of());
    }

    /** The error that answered the connect, if any. */
    synchronized Optional<Integer> connack() {
        return connack;
    }

    /** The code with which an MQTT 3.1.1 broker answered the connect. */
    synchronized Optional<Integer> olderConnack() {
        return olderConnack;
    }

    /** One code for each requested filter. */
    List<Integer> subscription(IMqttToken suback) {
        List<Integer> sent = takeSuback(suback.getMessageId());
        if (!sent.isEmpty() || suback.getReasonCodes() == null) return sent;
        return Arrays.stream(suback.getReasonCodes()).boxed().toList();
    }

    /** Why the broker refused a publish; empty if it accepted it. */
    Optional<LinkException> problem(PendingPublish pending, IMqttToken puback) {
        if (pending.message.getQos() == 0) return Optional.empty();
        return takePuback(puback.getMessageId()).map(code -> problem(pending, code));
    }

    private static LinkException problem(PendingPublish pending, int code) {
        String words = ReasonCode.words(code);
        Optional<ReasonCode> known = ReasonCode.of(code);
        if (known.filter(ReasonCode.PACKET_TOO_LARGE::equals).isPresent()) {
            return LinkException.tooLarge("packet of " + pending.bytes + " bytes: " + words);
        }
        boolean isPassing = known.filter(ReasonCode::isPassing).isPresent();
        return isPassing ? LinkException.busy(words) : LinkException.refused(words);
    }

    /** The broker's receive maximum. Paho reads the field of two bytes as a signed number. */
    static int receiveMaximum(MqttProperties granted) {
        Integer read = granted.getReceiveMaximum();
        return read == null ? 0xFFFF : read & 0xFFFF;
    }

    /** The broker's limit in bytes. */
    static long maxPacket(MqttProperties granted) {
        Long read = granted.getMaximumPacketSize();
        return read == null ? Long.MAX_VALUE : read;
    }

    /**
     * Reads what the broker sends before Paho does. Paho ends the connection at a reason code that it does not expect
     * in an acknowledgement, such as Mosquitto's 0x95 for a message that is too large. The reader replaces error codes
     * by 0x80 and records the real ones. For one thread.
     */
    static final class Reader extends FilterInputStream {
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

        Reader(InputStream in, PahoResponses responses) {
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

        /** MQTT 5 has at least the length of the properties here, so a body of 2 bytes is from an older broker. */
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
}
