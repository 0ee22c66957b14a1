package io.efka.mqtt.paho;

import static io.efka.mqtt.paho.ScriptedBroker.bytes;
import static io.efka.mqtt.paho.ScriptedBroker.concat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PahoResponsesTest {
    private static final byte[] CONNACK = bytes(0x20, 3, 0, 0, 0);
    private static final byte[] PUBLISH = concat(bytes(0x30, 0x85, 0x01), new byte[133]);
    private static final byte[] PUBACK = bytes(0x40, 4, 1, 2, 0x95, 0);
    private static final byte[] SUBACK = bytes(0x90, 8, 0, 7, 3, 0x1F, 0, 0, 0x97, 1);

    private final PahoResponses codes = new PahoResponses();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 1000})
    void codesThatPahoDoesNotKnowBecomeOneThatItKnows(int atATime) throws IOException {
        byte[] read = read(concat(CONNACK, PUBLISH, PUBACK, SUBACK, PUBLISH), atATime);

        byte[] expected = concat(
                CONNACK, PUBLISH, bytes(0x40, 4, 1, 2, 0x80, 0), bytes(0x90, 8, 0, 7, 3, 0x1F, 0, 0, 0x80, 1), PUBLISH);
        assertThat(read).isEqualTo(expected);
        assertThat(codes.takePuback(0x0102)).contains(0x95);
        assertThat(codes.takeSuback(7)).containsExactly(0x97, 1);
    }

    @Test
    void aRefusedConnectIsKept() throws IOException {
        read(bytes(0x20, 3, 0, 0x9B, 0), 100);

        assertThat(codes.connack()).contains(0x9B);
    }

    @Test
    void anOlderBrokerIsKnownByItsShorterAnswer() throws IOException {
        read(bytes(0x20, 2, 0, 1), 100);

        assertThat(codes.olderConnack()).contains(1);
    }

    private byte[] read(byte[] sent, int atATime) throws IOException {
        InputStream in = new PahoResponses.Reader(new ByteArrayInputStream(sent), codes);
        byte[] all = new byte[sent.length];
        int length = 0;
        while (length < all.length) {
            if (atATime == 1) all[length++] = (byte) in.read();
            else length += in.read(all, length, Math.min(atATime, all.length - length));
        }
        return all;
    }
}
