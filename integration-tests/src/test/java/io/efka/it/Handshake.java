package io.efka.it;

import io.efka.fixtures.Await;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** An MQTT 3.1.1 connection made by hand, for what no client library would do. */
final class Handshake {
    private static final byte[] CONNECT = {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 30, 0, 3, 'r', 'a', 'w'};
    private static final int CONNACK = 0x20;

    private Handshake() {}

    /** Waits until a broker answers there: behind a proxy of Docker's a port is open before anybody listens. */
    static void awaitOn(int port) {
        Await.until("a broker answers on port " + port, Duration.ofSeconds(20), () -> isAnswered(port));
    }

    private static boolean isAnswered(int port) {
        try (Socket socket = connect(port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        try {
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(CONNECT);
            byte[] answer = socket.getInputStream().readNBytes(4);
            if (answer.length < 4 || answer[0] != CONNACK) throw new IOException("no CONNACK");
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Publishes an empty message at QoS 0 on a topic that may be illegal. */
    static void publish(int port, byte[] topic) throws IOException {
        try (Socket socket = connect(port);
                var out = new DataOutputStream(socket.getOutputStream())) {
            out.write(new byte[] {0x30, (byte) (2 + topic.length)});
            out.writeShort(topic.length);
            out.write(topic);
            out.flush();
        }
    }
}
