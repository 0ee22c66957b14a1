package io.efka.agent.os;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Asks by connecting. */
final class TcpQuestion {
    private TcpQuestion() {}

    /** Blocks until it is connected or refused, or until the question is late and closes the socket. */
    static void ask(String host, int port, Duration timeout, Question question) {
        if (question.isAnswered()) return;
        try (Socket socket = new Socket()) {
            question.whenLate(() -> close(socket));
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(host), port), Math.toIntExact(timeout.toMillis()));
            question.answer(true, "connected");
        } catch (SocketTimeoutException late) {
            // the question's own alarm says so, at this very moment
        } catch (IOException refused) {
            question.answer(false, String.valueOf(refused.getMessage()));
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // it is over either way
        }
    }
}
