package io.efka.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A service's end of its channel. Speaking and hearing block; each may have a thread of its own. */
public final class ChannelClient implements AutoCloseable {
    private final SocketChannel socket;
    private final BufferedReader lines;

    private ChannelClient(SocketChannel socket) {
        this.socket = socket;
        this.lines = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(socket), StandardCharsets.UTF_8), 1024);
    }

    /** Connects and says nothing. */
    public static ChannelClient connect(ChannelKey key) throws IOException {
        return new ChannelClient(SocketChannel.open(UnixDomainSocketAddress.of(key.socket())));
    }

    /** Connects and returns when the agent has said that it is attached. */
    public static ChannelClient attached(ChannelKey key) throws IOException {
        ChannelClient client = connect(key).say(key.attachLine());
        JsonObject answer = client.hear();
        if (answer.get("type").getAsString().equals("attached")) return client;
        client.close();
        throw new IOException(key.service() + " is not attached: " + answer);
    }

    public ChannelClient say(String line) throws IOException {
        return send(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    public ChannelClient send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) socket.write(bytes);
        return this;
    }

    /**
     * The next line.
     *
     * @throws EOFException if the agent has closed the channel
     */
    public JsonObject hear() throws IOException {
        String line = lines.readLine();
        if (line == null) throw new EOFException("the agent closed the channel");
        return JsonParser.parseString(line).getAsJsonObject();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
