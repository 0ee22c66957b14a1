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
 * The socket to one service. Reading is confined to the channel's thread; sending and closing are thread-safe and never
 * block.
 */
final class ChannelConnection {
    /**
     * Bytes that may wait for a service to read them, in addition to the kernel's buffer (about 200 KiB). One line may
     * always wait, whatever its size.
     */
    static final int MAX_UNREAD = 1 << 20;

    private final SocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final BiConsumer<ChannelConnection, EndReason> ended;

    @GuardedBy("this") private final ArrayDeque<ByteBuffer> unread = new ArrayDeque<>(1);

    @GuardedBy("this") private long unreadBytes;

    @GuardedBy("this") private boolean closeAfterSend;

    @GuardedBy("this") private boolean closed;

    /** Why a connection ended. Each reason has a counter. */
    enum EndReason {
        CLOSED_BY_SERVICE,
        NOT_READING,
        NOT_ATTACHED,
        REFUSED,
        RUN_OVER,
        AGENT_STOPPING
    }

    /**
     * Registers a connected socket for reading.
     *
     * @param ended called once when the connection ends, on the thread that ends it
     * @throws IOException if the socket is closed already
     */
    ChannelConnection(SocketChannel socket, Selector selector, BiConsumer<ChannelConnection, EndReason> ended)
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

    /** Reads once into {@code buffer}; returns false if there was nothing to read or the connection has ended. */
    boolean read(ByteBuffer buffer) {
        try {
            int count = socket.read(buffer);
            if (count < 0) end(EndReason.CLOSED_BY_SERVICE);
            return count > 0;
        } catch (IOException gone) {
            end(EndReason.CLOSED_BY_SERVICE);
            return false;
        }
    }

    /** Turns reading on or off. While it is off, what the service writes waits in the kernel. */
    void setReading(boolean on) {
        changeInterest(on ? SelectionKey.OP_READ : 0, on ? 0 : SelectionKey.OP_READ);
    }

    /**
     * Sends a line.
     *
     * @return false if the connection has ended, or ends now because the service does not read what was sent earlier
     */
    boolean send(AgentLine line) {
        EndReason reason;
        synchronized (this) {
            if (closed || closeAfterSend) return false;
            boolean isFull = unreadBytes > 0 && unreadBytes + line.bytes().length > MAX_UNREAD;
            if (!isFull) {
                unread.add(ByteBuffer.wrap(line.bytes()));
                unreadBytes += line.bytes().length;
                if (flush()) return true;
            }
            reason = isFull ? EndReason.NOT_READING : EndReason.CLOSED_BY_SERVICE;
        }
        end(reason);
        return false;
    }

    /**
     * Sends the first line. Lines that other threads send come after it, even if they begin as soon as {@code register}
     * has run.
     *
     * @param register makes the connection known to others; must not block
     */
    void greet(AgentLine first, Runnable register) {
        boolean isOpen;
        synchronized (this) {
            register.run();
            if (closed) return;
            unread.add(ByteBuffer.wrap(first.bytes()));
            unreadBytes += first.bytes().length;
            isOpen = flush();
        }
        if (!isOpen) end(EndReason.CLOSED_BY_SERVICE);
    }

    /** Sends a line, and ends the connection once the kernel has taken it. */
    void refuse(AgentLine line) {
        send(line);
        boolean isSent;
        synchronized (this) {
            closeAfterSend = true;
            isSent = unread.isEmpty();
        }
        if (isSent) end(EndReason.REFUSED);
    }

    /** The socket accepts bytes again. */
    void flushUnread() {
        boolean isOpen;
        boolean isLast;
        synchronized (this) {
            isOpen = closed || flush();
            isLast = closeAfterSend && unread.isEmpty();
        }
        if (!isOpen) end(EndReason.CLOSED_BY_SERVICE);
        else if (isLast) end(EndReason.REFUSED);
    }

    /** Writes as much as the socket accepts; returns false if it is broken. */
    @GuardedBy("this") private boolean flush() {
        try {
            while (!unread.isEmpty()) {
                ByteBuffer first = unread.element();
                unreadBytes -= socket.write(first);
                if (first.hasRemaining()) {
                    changeInterest(SelectionKey.OP_WRITE, 0);
                    return true;
                }
                unread.remove();
            }
            changeInterest(0, SelectionKey.OP_WRITE);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private void changeInterest(int more, int less) {
        try {
            int before = key.interestOpsOr(more);
            if ((before & more) != more) selector.wakeup();
            if (less != 0) key.interestOpsAnd(~less);
        } catch (CancelledKeyException closedMeanwhile) {
            // nothing to wait for any more
        }
    }

    /** Closes the connection. Idempotent. */
    void end(EndReason reason) {
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
            // the socket is gone either way
        }
        selector.wakeup();
        ended.accept(this, reason);
    }

    synchronized boolean hasEnded() {
        return closed;
    }
}
