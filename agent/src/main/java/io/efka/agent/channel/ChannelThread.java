package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.files.FileIdentity;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.TimerKind;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread {@code agent-channel}: accepts connections and reads them in turn, one buffer of each, so that a
 * service that sends without end delays others by no more than that buffer.
 */
final class ChannelThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelThread.class);

    /** How long a connection may stay open without attaching. */
    private static final long ATTACH_TIMEOUT = TimeUnit.SECONDS.toNanos(10);

    /** Connections that have not attached; when one more comes, the oldest is closed. */
    static final int MAX_UNATTACHED = 64;

    /** Connections that are accepted before others are read again. */
    private static final int ACCEPTS = 16;

    /** A selector that keeps failing at once must not occupy a core and fill the log. */
    private static final long FAULT_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int BACKLOG = 256;
    private static final int BUFFER_BYTES = 64 * 1024;

    /**
     * Buffers that are read of each connection before a timer is delivered: more than a socket holds (about 200 KiB).
     */
    private static final int READS_BEFORE_TIMER = 16;

    private static final long JOIN_MILLIS = 2_000;

    private final ChannelDirectory directory;
    private final Selector selector;
    private final ChannelRegistry registry;
    private final LongSupplier nanoTime;
    private final Thread thread = new AgentThread("agent-channel", this::run);
    /** Timers that have fired and are not delivered yet: one per service and kind. */
    private final Map<TimerTarget, Event.TimerFired> due = new ConcurrentHashMap<>();

    /** Empty until the socket is bound. */
    @GuardedBy("this") private Optional<Listening> listening = Optional.empty();

    private volatile boolean closing;

    // Confined to the thread.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Set<ChannelSession> unattached = new LinkedHashSet<>();
    private final Map<ChannelSession, Long> paused = new HashMap<>();
    private long faults;

    /** A bound socket and its file. */
    private record Listening(ServerSocketChannel server, FileIdentity file) {}

    /** The recipient of a timer: a service's supervisor, and the kind of timer. */
    private record TimerTarget(Consumer<Event> supervisor, TimerKind kind) {}

    /** Has no socket before {@link #requireSocket()}. Connections that come before {@link #start()} wait for it. */
    ChannelThread(ChannelDirectory directory, ChannelRegistry registry, LongSupplier nanoTime) throws IOException {
        this.directory = directory;
        this.nanoTime = nanoTime;
        this.registry = registry;
        selector = Selector.open();
    }

    /**
     * Creates the folder and the socket if they are missing, or if somebody has replaced them. Services that have
     * attached keep their connections. Thread-safe; blocks for a few system calls.
     *
     * @return whether the socket was created
     * @throws IOException if it cannot be created; try again later
     */
    synchronized boolean requireSocket() throws IOException {
        if (closing) return false;
        directory.requireFolder();
        if (isListening()) return false;
        Optional<Listening> replaced = listening;
        listening = Optional.of(bind(directory.socket()));
        selector.wakeup();
        if (replaced.isPresent()) replaced.get().server().close();
        return true;
    }

    /** Whether the socket is where services look for it. Thread-safe; one system call. */
    synchronized boolean isListening() throws IOException {
        try {
            return listening.isPresent() && listening.get().file().equals(FileIdentity.of(directory.socket()));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private Listening bind(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean isBound = false;
        try {
            Files.deleteIfExists(path);
            server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            // Everybody may connect; the credentials decide who may attach.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
            server.configureBlocking(false);
            var bound = new Listening(server, FileIdentity.of(path));
            server.register(selector, SelectionKey.OP_ACCEPT);
            isBound = true;
            return bound;
        } finally {
            if (!isBound) server.close();
        }
    }

    ChannelRegistry registry() {
        return registry;
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                long wait = untilNextDeadline();
                AgentThread.idle();
                selector.select(this::handle, wait);
                closeExpiredUnattached();
                resumePaused();
            } catch (IOException | RuntimeException e) { // the thread's top: one fault must not close all channels
                reportFault(e);
                LockSupport.parkNanos(FAULT_PAUSE);
            }
            deliverDueTimers();
        }
        selector.keys().forEach(this::endSession);
        takeDue().forEach(ChannelThread::deliver);
    }

    private void reportFault(Exception fault) {
        if (faults++ == 0) LOG.error("the channel thread continues after a fault", fault);
        else LOG.error("the channel thread continues after a fault, {} so far: {}", faults, fault.toString());
    }

    /**
     * Delivers a timer to a supervisor, on this thread, after reading what the sockets contain now. A newer timer of
     * the same supervisor and kind replaces one that is not delivered yet. Thread-safe; never blocks.
     */
    void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        due.merge(new TimerTarget(supervisor, fired.kind()), fired, (a, b) -> a.number() > b.number() ? a : b);
        if (closing) takeDue().forEach(ChannelThread::deliver);
        else selector.wakeup();
    }

    /** Delivers them even if reading fails: without its timer, a supervisor would never end its service. */
    private void deliverDueTimers() {
        Map<TimerTarget, Event.TimerFired> taken = takeDue();
        if (taken.isEmpty()) return;
        try {
            for (int i = 0; i < READS_BEFORE_TIMER && selector.selectNow(this::handle) > 0; i++) resumePaused();
            // Also those that are paused: their "alive" may be behind other lines. It makes their pause longer.
            List.copyOf(paused.keySet()).forEach(this::drain);
        } catch (IOException | RuntimeException e) { // as in run()
            reportFault(e);
        }
        taken.forEach(ChannelThread::deliver);
    }

    /** Takes them before the sockets are read; each is taken by one thread only. */
    private Map<TimerTarget, Event.TimerFired> takeDue() {
        var taken = new HashMap<TimerTarget, Event.TimerFired>();
        for (TimerTarget target : due.keySet())
            Optional.ofNullable(due.remove(target)).ifPresent(fired -> taken.put(target, fired));
        return taken;
    }

    private static void deliver(TimerTarget target, Event.TimerFired fired) {
        FatalErrors.run(() -> target.supervisor().accept(fired));
    }

    private void handle(SelectionKey key) {
        AgentThread.step();
        try {
            if (!key.isValid()) return;
            if (key.isAcceptable()) accept((ServerSocketChannel) key.channel());
            else serve(key, (ChannelSession) key.attachment());
        } catch (CancelledKeyException ended) {
            // by another thread, at this moment
        }
    }

    private void serve(SelectionKey key, ChannelSession session) {
        guard(session, () -> {
            if (key.isWritable()) session.connection().flushUnread();
            if (!key.isValid() || !key.isReadable()) return;
            read(session);
            pause(session, session.pause(nanoTime.getAsLong()));
        });
    }

    private void drain(ChannelSession session) {
        guard(session, () -> {
            for (int i = 0; i < READS_BEFORE_TIMER && read(session); i++) AgentThread.step();
        });
    }

    private boolean read(ChannelSession session) {
        boolean isMore = session.read(buffer);
        if (session.isAttached()) unattached.remove(session);
        return isMore;
    }

    /** The top of each session: a bug in one pauses it for a moment and does not affect the others. */
    private void guard(ChannelSession session, Runnable step) {
        try {
            step.run();
        } catch (CancelledKeyException ended) {
            // by another thread, at this moment
        } catch (RuntimeException bug) {
            reportFault(bug);
            pause(session, FAULT_PAUSE);
        }
    }

    private void pause(ChannelSession session, long nanos) {
        if (nanos == 0 || session.connection().hasEnded()) return;
        session.connection().setReading(false);
        paused.put(session, nanoTime.getAsLong() + nanos);
    }

    private void accept(ServerSocketChannel server) {
        try {
            for (int i = 0; i < ACCEPTS; i++) {
                SocketChannel socket = server.accept();
                if (socket == null) return;
                register(socket);
            }
        } catch (IOException e) {
            if (closing) return;
            // Most likely there are no file descriptors left; there are when a connection ends.
            if (faults++ == 0) LOG.warn("a connection to the channel could not be accepted: {}", FileFailure.words(e));
            LOG.debug("a connection to the channel could not be accepted", e);
        }
    }

    private void register(SocketChannel socket) throws IOException {
        if (unattached.size() >= MAX_UNATTACHED)
            closeUnattached(unattached.iterator().next());
        try {
            var connection = new ChannelConnection(socket, selector, registry::ended);
            var session = new ChannelSession(connection, registry, nanoTime.getAsLong());
            connection.key().attach(session);
            unattached.add(session);
        } catch (IOException gone) {
            socket.close();
        }
    }

    private void closeUnattached(ChannelSession session) {
        unattached.remove(session);
        session.connection().end(ChannelConnection.EndReason.NOT_ATTACHED);
    }

    private void closeExpiredUnattached() {
        unattached.removeIf(session -> session.connection().hasEnded());
        while (!unattached.isEmpty()) {
            ChannelSession oldest = unattached.iterator().next();
            if (nanoTime.getAsLong() - oldest.openedAt() < ATTACH_TIMEOUT) return;
            closeUnattached(oldest);
        }
    }

    private void resumePaused() {
        if (paused.isEmpty()) return;
        long now = nanoTime.getAsLong();
        paused.entrySet().removeIf(entry -> {
            if (entry.getValue() - now > 0) return false;
            long pause = entry.getKey().pause(now);
            entry.setValue(now + pause);
            if (pause > 0 && !entry.getKey().connection().hasEnded()) return false;
            entry.getKey().connection().setReading(true);
            return true;
        });
    }

    /** Milliseconds; 0: none, the selector waits for the sockets. */
    private long untilNextDeadline() {
        long now = nanoTime.getAsLong();
        long next = Long.MAX_VALUE;
        if (!unattached.isEmpty()) next = unattached.iterator().next().openedAt() + ATTACH_TIMEOUT - now;
        for (long due : paused.values()) next = Math.min(next, due - now);
        if (next == Long.MAX_VALUE) return 0;
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    private void endSession(SelectionKey key) {
        if (key.attachment() instanceof ChannelSession session) {
            session.connection().end(ChannelConnection.EndReason.AGENT_STOPPING);
        }
    }

    /** Closes all channels and ends the thread, within two seconds. Idempotent. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(JOIN_MILLIS);
            synchronized (this) {
                if (listening.isPresent()) listening.get().server().close();
            }
            selector.close();
            Files.deleteIfExists(directory.socket());
        } catch (IOException e) {
            LOG.warn("the channel's socket could not be closed: {}", FileFailure.words(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
