package io.efka.agent.channel;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A service at its end of the channel. Reads block until the agent has spoken. */
final class Client implements AutoCloseable {
    final SocketChannel socket;
    private final ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
    private final StringBuilder begun = new StringBuilder();
    private final Deque<String> lines = new ArrayDeque<>();

    Client(Path path) throws IOException {
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    Client say(String line) throws IOException {
        return send((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Client send(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) socket.write(left);
        return this;
    }

    Client attach(String service, String token) throws IOException {
        return say("{\"type\":\"attach\",\"service\":\"" + service + "\",\"token\":\"" + token + "\"}");
    }

    JsonObject hear() throws IOException {
        while (lines.isEmpty()) {
            if (!receive()) throw new IOException("the agent closed the channel");
        }
        return JsonParser.parseString(lines.remove()).getAsJsonObject();
    }

    /** Whether the agent closes before it says another word. */
    boolean isClosedByAgent() {
        try {
            return !receive();
        } catch (IOException reset) {
            return true;
        }
    }

    private boolean receive() throws IOException {
        piece.clear();
        if (socket.read(piece) < 0) return false;
        begun.append(StandardCharsets.UTF_8.decode(piece.flip()));
        for (int end = begun.indexOf("\n"); end >= 0; end = begun.indexOf("\n")) {
            lines.add(begun.substring(0, end));
            begun.delete(0, end + 1);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
