package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DialerTest {
    /** Longer than a test may take: a test that passes has not waited for it. */
    private static final Duration TIMEOUT = Duration.ofHours(1);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) open.get(i).close();
    }

    @Test
    void theSecondAddressIsTriedWhenTheFirstRefuses() throws Exception {
        ServerSocket server = listening("127.0.0.2", 0, 10);

        Socket socket = connect(server.getLocalPort(), "127.0.0.3", "127.0.0.2");

        assertThat(socket.getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.2"));
    }

    @Test
    void theSecondAddressIsTriedBeforeTheFirstTimesOut() throws Exception {
        ServerSocket server = listening("127.0.0.2", 0, 10);
        swallowing("127.0.0.3", server.getLocalPort());

        Socket socket = connect(server.getLocalPort(), "127.0.0.3", "127.0.0.2");

        assertThat(socket.getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.2"));
    }

    @Test
    void whatEachAddressSaidIsTold() throws Exception {
        int port;
        try (ServerSocket server = listening("127.0.0.2", 0, 1)) {
            port = server.getLocalPort();
        }

        assertThatThrownBy(() -> connect(port, "127.0.0.3", "127.0.0.2"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.3 Connection refused")
                .hasMessageContaining("127.0.0.2 Connection refused");
    }

    @Test
    void stoppingEndsIt() throws Exception {
        ServerSocket server = swallowing("127.0.0.3", 0);
        var dialer = new Dialer("broker", server.getLocalPort(), TIMEOUT);
        var stopper = new Thread(dialer::stop);
        stopper.start();

        assertThatThrownBy(() -> dialer.connect(addresses("127.0.0.3", "127.0.0.3")))
                .isInstanceOf(IOException.class);
        stopper.join();
    }

    private Socket connect(int port, String... addresses) throws IOException {
        Socket socket = new Dialer("broker", port, TIMEOUT).connect(addresses(addresses));
        open.add(socket);
        return socket;
    }

    private static List<InetAddress> addresses(String... texts) throws IOException {
        var addresses = new ArrayList<InetAddress>();
        for (String text : texts) addresses.add(InetAddress.getByName(text));
        return addresses;
    }

    private ServerSocket listening(String address, int port, int backlog) throws IOException {
        var server = new ServerSocket(port, backlog, InetAddress.getByName(address));
        open.add(server);
        return server;
    }

    /** Listens and never accepts, with its backlog full: the kernel drops further connects. */
    private ServerSocket swallowing(String address, int port) throws IOException {
        ServerSocket server = listening(address, port, 1);
        for (int i = 0; i < 4; i++) {
            var filler = new Socket();
            open.add(filler);
            try {
                filler.connect(new InetSocketAddress(address, server.getLocalPort()), 200);
            } catch (IOException full) {
                break;
            }
        }
        return server;
    }
}
