package io.efka.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A service's channel, held by whoever has its token. */
final class AttachedChannel implements AutoCloseable {
    private final SocketChannel socket;

    private AttachedChannel(SocketChannel socket) {
        this.socket = socket;
    }

    /** Returns when the agent has said that it is attached. */
    static AttachedChannel to(Path path, String service, String token) throws IOException {
        var channel = new AttachedChannel(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        String line = "{\"type\":\"attach\",\"service\":\"" + service + "\",\"token\":\"" + token + "\"}\n";
        channel.socket.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        var answer = ByteBuffer.allocate(1024);
        channel.socket.read(answer);
        String said = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        if (!said.contains("\"attached\"")) throw new IOException(service + " is not attached: " + said);
        return channel;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
