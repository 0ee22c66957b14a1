package io.efka.agent.health;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Asks by connecting. */
final class TcpProbe {
    private TcpProbe() {}

    /** Blocks until it is connected or refused, or until the question is late and closes the socket. */
    static void ask(String host, int port, Duration timeout, PendingProbe pending) {
        if (pending.isAnswered()) return;
        try (Socket socket = ProbeSocket.connect(host, port, timeout, pending)) {
            pending.answer(socket.isConnected(), "connected");
        } catch (SocketTimeoutException late) {
            // the question's own alarm says so, at this very moment
        } catch (IOException refused) {
            pending.answer(false, String.valueOf(refused.getMessage()));
        }
    }
}
