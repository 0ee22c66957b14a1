package io.efka.it.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A second address of this machine at which a broker's port is dead, and a hosts file that names it before the living one.
 * A JVM that is told of it ({@link #jvmOption}) knows the name {@link #NAME}.
 */
public final class DeadAddress implements AutoCloseable {
    public static final String NAME = "two-faced.example";
    private static final String DEAD = "127.0.0.2";
    private static final int PATIENCE_MS = 200;

    private final Path hosts;
    private final List<AutoCloseable> open = new ArrayList<>();

    private DeadAddress(Path folder) {
        hosts = folder.resolve("hosts");
        try {
            Files.writeString(hosts, DEAD + " " + NAME + "\n127.0.0.1 " + NAME + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nobody listens: a connection is refused at once. */
    public static DeadAddress refusing(Path folder) {
        return new DeadAddress(folder);
    }

    /** Packets to it get lost: who connects waits until he gives up, as at a machine that is switched off. */
    public static DeadAddress swallowing(Path folder, int port) {
        var dead = new DeadAddress(folder);
        try {
            dead.fillBacklog(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return dead;
    }

    /** Where a backlog is full, the kernel drops what else knocks. */
    private void fillBacklog(int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getByName(DEAD), port);
        var server = new ServerSocket();
        open.add(server);
        server.bind(address, 1);
        while (true) {
            var socket = new Socket();
            open.add(socket);
            try {
                socket.connect(address, PATIENCE_MS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
    }

    /** For the JVM that is to believe it. */
    public String jvmOption() {
        return "-Djdk.net.hosts.file=" + hosts;
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
