package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.threads.AgentThread;
import io.efka.agent.threads.FatalErrors;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread {@code agent-channel}: accepts connections and reads them, one piece of each at a time, so that a
 * service that never stops talking delays nobody by more than that piece.
 */
final class ChannelThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelThread.class);

    /** Who has connected says who it is within so long. */
    private static final long MAX_SILENCE = TimeUnit.SECONDS.toNanos(10);

    /** Connections that have not said who they are; when one more comes, the oldest goes. */
    static final int MAX_STRANGERS = 64;

    /** Between two looks at the living channels. */
    private static final int ACCEPTS = 16;

    /** A selector that fails at once and for good must not fill a core and the log. */
    private static final long AFTER_A_FAULT = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int BACKLOG = 256;
    private static final int PIECE = 64 * 1024;

    /** Pieces that are read of each connection before a service is judged: more than its socket holds (some 200 KiB). */
    private static final int PIECES_BEFORE_JUDGEMENT = 16;

    private static final long END_LIMIT_MILLIS = 2_000;

    private final Path path;
    private final Selector selector;
    private final Rendezvous rendezvous;
    private final Thread thread = new AgentThread("agent-channel", this::run);
    /** Two timers of each service at most. */
    private final Queue<Runnable> judgements = new ConcurrentLinkedQueue<>();

    @GuardedBy("this") private ServerSocketChannel server;

    /** The socket's file: device and inode. */
    @GuardedBy("this") private Object key;

    private volatile boolean ending;

    // Confined to the thread.
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    private final Set<Conversation> strangers = new LinkedHashSet<>();
    private final Map<Conversation, Long> paused = new HashMap<>();
    private long failures;

    /** Binds the socket: who connects from now on waits for {@link #start()}. */
    ChannelThread(Path path, Rendezvous rendezvous) throws IOException {
        this.path = path;
        this.rendezvous = rendezvous;
        selector = Selector.open();
        server = bind();
        key = key();
    }

    private ServerSocketChannel bind() throws IOException {
        ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Files.deleteIfExists(path);
        bound.bind(UnixDomainSocketAddress.of(path), BACKLOG);
        // Anybody may knock; the kernel says who it is, and the token whose run.
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        bound.configureBlocking(false);
        bound.register(selector, SelectionKey.OP_ACCEPT);
        return bound;
    }

    private Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * Makes the socket again if somebody has deleted or replaced its file: without it no service could attach any more.
     * Those that are attached stay. Thread-safe; blocks for some system calls.
     *
     * @return whether it had to be made
     */
    synchronized boolean requireSocket() throws IOException {
        try {
            if (ending || key().equals(key)) return false;
        } catch (NoSuchFileException gone) {
            LOG.debug("{} is gone", path);
        }
        ServerSocketChannel deaf = server;
        server = bind();
        key = key();
        selector.wakeup();
        deaf.close();
        return true;
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!ending) {
            try {
                long wait = untilNext();
                AgentThread.idle();
                selector.select(this::handle, wait);
                sendAwaySilentStrangers();
                readPausedAgain();
                judge();
            } catch (IOException | RuntimeException e) { // the thread's top: one channel's trouble must not end all
                if (failures++ == 0) LOG.error("the channel thread goes on after a fault", e);
                else LOG.error("the channel thread goes on after a fault, {} so far: {}", failures, e.toString());
                LockSupport.parkNanos(AFTER_A_FAULT);
            }
        }
        selector.keys().forEach(this::endConversation);
        takeJudgements().forEach(FatalErrors::run);
    }

    /** Runs {@code then} on this thread when what is in the sockets now has been read. Thread-safe; never blocks. */
    void afterReading(Runnable then) {
        judgements.add(then);
        selector.wakeup();
    }

    private void judge() throws IOException {
        List<Runnable> due = takeJudgements();
        if (due.isEmpty()) return;
        for (int i = 0; i < PIECES_BEFORE_JUDGEMENT && selector.selectNow(this::handle) > 0; i++) readPausedAgain();
        due.forEach(FatalErrors::run);
    }

    /** Taken before the sockets are read. */
    private List<Runnable> takeJudgements() {
        var due = new ArrayList<Runnable>();
        for (Runnable next = judgements.poll(); next != null; next = judgements.poll()) due.add(next);
        return due;
    }

    private void handle(SelectionKey key) {
        AgentThread.step();
        if (!key.isValid()) return;
        if (key.isAcceptable()) {
            accept((ServerSocketChannel) key.channel());
            return;
        }
        var conversation = (Conversation) key.attachment();
        if (key.isWritable()) conversation.connection().writable();
        if (!key.isValid() || !key.isReadable()) return;
        conversation.listen(piece);
        if (conversation.isAttached()) strangers.remove(conversation);
        long now = System.nanoTime();
        long pause = conversation.pause(now);
        if (pause == 0 || conversation.connection().isOver()) return;
        conversation.connection().reading(false);
        paused.put(conversation, now + pause);
    }

    private void accept(ServerSocketChannel server) {
        try {
            for (int i = 0; i < ACCEPTS; i++) {
                SocketChannel socket = server.accept();
                if (socket == null) return;
                welcome(socket);
            }
        } catch (IOException e) {
            if (ending) return;
            // Most likely out of file descriptors: there will be some when a connection ends.
            if (failures++ == 0) LOG.warn("a connection to the channel could not be taken", e);
        }
    }

    private void welcome(SocketChannel socket) throws IOException {
        if (strangers.size() >= MAX_STRANGERS) sendAway(strangers.iterator().next());
        try {
            var connection = new Connection(socket, selector, rendezvous::ended);
            var conversation = new Conversation(connection, rendezvous, System.nanoTime());
            connection.key().attach(conversation);
            strangers.add(conversation);
        } catch (IOException gone) {
            socket.close();
        }
    }

    private void sendAway(Conversation stranger) {
        strangers.remove(stranger);
        stranger.connection().end(Connection.Ending.NOT_ATTACHED);
    }

    private void sendAwaySilentStrangers() {
        strangers.removeIf(stranger -> stranger.connection().isOver());
        while (!strangers.isEmpty()) {
            Conversation oldest = strangers.iterator().next();
            if (System.nanoTime() - oldest.since() < MAX_SILENCE) return;
            sendAway(oldest);
        }
    }

    private void readPausedAgain() {
        if (paused.isEmpty()) return;
        long now = System.nanoTime();
        paused.entrySet().removeIf(entry -> {
            if (entry.getValue() - now > 0) return false;
            long pause = entry.getKey().pause(now);
            entry.setValue(now + pause);
            if (pause > 0 && !entry.getKey().connection().isOver()) return false;
            entry.getKey().connection().reading(true);
            return true;
        });
    }

    /** Milliseconds; 0: until something happens. */
    private long untilNext() {
        long now = System.nanoTime();
        long next = Long.MAX_VALUE;
        if (!strangers.isEmpty()) next = strangers.iterator().next().since() + MAX_SILENCE - now;
        for (long due : paused.values()) next = Math.min(next, due - now);
        if (next == Long.MAX_VALUE) return 0;
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    private void endConversation(SelectionKey key) {
        if (key.attachment() instanceof Conversation conversation) {
            conversation.connection().end(Connection.Ending.AGENT_STOPPING);
        }
    }

    /** Ends all conversations, and the thread, within two seconds. Idempotent. */
    @Override
    public void close() {
        ending = true;
        selector.wakeup();
        try {
            thread.join(END_LIMIT_MILLIS);
            synchronized (this) {
                server.close();
            }
            selector.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("the channel's socket could not be closed: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
