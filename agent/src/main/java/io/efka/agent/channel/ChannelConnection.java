package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;

/**
 * One socket to a service. Reading is confined to the channel's thread; sending and ending are thread-safe and never
 * block.
 */
final class ChannelConnection {
    /**
     * What may wait for a service to read it, beside what the kernel holds (some 200 KiB). One line may always wait,
     * whatever its size.
     */
    static final int MAX_UNREAD = 1 << 20;

    private final SocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final BiConsumer<ChannelConnection, Ending> ended;

    @GuardedBy("this") private final ArrayDeque<ByteBuffer> unread = new ArrayDeque<>(1);

    @GuardedBy("this") private long unreadBytes;

    @GuardedBy("this") private boolean closing;

    @GuardedBy("this") private boolean closed;

    /** Why a connection ended; counted by it. */
    enum Ending {
        CLOSED_BY_SERVICE,
        NOT_READING,
        NOT_ATTACHED,
        REFUSED,
        RUN_OVER,
        AGENT_STOPPING
    }

    /**
     * Takes a connected socket and watches it for input.
     *
     * @param ended hears once how it ended, on whatever thread that was
     * @throws IOException if the socket is gone already
     */
    ChannelConnection(SocketChannel socket, Selector selector, BiConsumer<ChannelConnection, Ending> ended)
            throws IOException {
        this.socket = socket;
        this.selector = selector;
        this.ended = ended;
        socket.configureBlocking(false);
        this.key = socket.register(selector, SelectionKey.OP_READ);
    }

    SelectionKey key() {
        return key;
    }

    SocketChannel socket() {
        return socket;
    }

    /** Reads once into {@code buffer}; false if there was nothing, or if it is over. */
    boolean read(ByteBuffer buffer) {
        try {
            int count = socket.read(buffer);
            if (count < 0) end(Ending.CLOSED_BY_SERVICE);
            return count > 0;
        } catch (IOException gone) {
            end(Ending.CLOSED_BY_SERVICE);
            return false;
        }
    }

    /** Stops reading, or goes on with it: then the service's own writes wait in the kernel. */
    void reading(boolean on) {
        interest(on ? SelectionKey.OP_READ : 0, on ? 0 : SelectionKey.OP_READ);
    }

    /** Sends a line; false if the connection is over, or is now, because what was sent earlier is not being read. */
    boolean send(AgentLine line) {
        Ending problem;
        synchronized (this) {
            if (closed || closing) return false;
            boolean isFull = unreadBytes > 0 && unreadBytes + line.bytes().length > MAX_UNREAD;
            if (!isFull) {
                unread.add(ByteBuffer.wrap(line.bytes()));
                unreadBytes += line.bytes().length;
                if (flush()) return true;
            }
            problem = isFull ? Ending.NOT_READING : Ending.CLOSED_BY_SERVICE;
        }
        end(problem);
        return false;
    }

    /**
     * Sends the first line, before any that others send once {@code registered} has told them of the connection.
     *
     * @param registered must not block
     */
    void greet(AgentLine first, Runnable registered) {
        boolean isWell;
        synchronized (this) {
            registered.run();
            if (closed) return;
            unread.add(ByteBuffer.wrap(first.bytes()));
            unreadBytes += first.bytes().length;
            isWell = flush();
        }
        if (!isWell) end(Ending.CLOSED_BY_SERVICE);
    }

    /** Sends a line and ends the connection when it has been taken. */
    void refuse(AgentLine line) {
        send(line);
        boolean isSent;
        synchronized (this) {
            closing = true;
            isSent = unread.isEmpty();
        }
        if (isSent) end(Ending.REFUSED);
    }

    /** The service reads again. */
    void writable() {
        boolean isWell;
        boolean isLast;
        synchronized (this) {
            isWell = closed || flush();
            isLast = closing && unread.isEmpty();
        }
        if (!isWell) end(Ending.CLOSED_BY_SERVICE);
        else if (isLast) end(Ending.REFUSED);
    }

    /** Writes what the socket takes; false if it is broken. */
    @GuardedBy("this") private boolean flush() {
        try {
            while (!unread.isEmpty()) {
                ByteBuffer first = unread.element();
                unreadBytes -= socket.write(first);
                if (first.hasRemaining()) {
                    interest(SelectionKey.OP_WRITE, 0);
                    return true;
                }
                unread.remove();
            }
            interest(0, SelectionKey.OP_WRITE);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private void interest(int more, int less) {
        try {
            int before = key.interestOpsOr(more);
            if ((before & more) != more) selector.wakeup();
            if (less != 0) key.interestOpsAnd(~less);
        } catch (CancelledKeyException over) {
            // nothing is of interest any more
        }
    }

    /** Closes it. Idempotent. */
    void end(Ending why) {
        synchronized (this) {
            if (closed) return;
            closed = true;
            unread.clear();
            unreadBytes = 0;
        }
        key.cancel();
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone, that was all
        }
        selector.wakeup();
        ended.accept(this, why);
    }

    synchronized boolean isOver() {
        return closed;
    }
}
