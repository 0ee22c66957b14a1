package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.files.FileIdentity;
import io.efka.agent.supervision.Event;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
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
    static final int MAX_UNATTACHED = 64;

    /** Between two looks at the living channels. */
    private static final int ACCEPTS = 16;

    /** A selector that fails at once and for good must not fill a core and the log. */
    private static final long AFTER_A_FAULT = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int BACKLOG = 256;
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Pieces that are read of each connection before a service is judged: more than its socket holds (some 200 KiB). */
    private static final int READS_BEFORE_TIMER = 16;

    private static final long END_LIMIT_MILLIS = 2_000;

    private final ChannelDirectory place;
    private final Selector selector;
    private final ChannelRegistry registry;
    private final Thread thread = new AgentThread("agent-channel", this::run);
    /** Timers that have fired: one of each service and kind at most. */
    private final Map<TimerTarget, Event.TimerFired> due = new ConcurrentHashMap<>();

    /** Empty until it could be bound. */
    @GuardedBy("this") private Optional<Listening> listening = Optional.empty();

    private volatile boolean ending;

    // Confined to the thread.
    private final ByteBuffer piece = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Set<ChannelSession> unattached = new LinkedHashSet<>();
    private final Map<ChannelSession, Long> paused = new HashMap<>();
    private long failures;

    /** A bound socket and its file. */
    private record Listening(ServerSocketChannel server, FileIdentity file) {}

    /** Where a timer is told when it has fired: a service's supervisor, and the kind of timer. */
    private record TimerTarget(Consumer<Event> supervisor, Event.TimerKind kind) {}

    /** Has no socket yet: {@link #requireSocket()} makes it. Whoever connects then waits for {@link #start()}. */
    ChannelThread(ChannelDirectory place, ChannelRegistry registry) throws IOException {
        this.place = place;
        this.registry = registry;
        selector = Selector.open();
    }

    /**
     * Makes the folder and the socket if they are missing, or if somebody has replaced them: without the socket no service
     * could attach. Services that are attached stay. Thread-safe; blocks for some system calls.
     *
     * @return whether the socket had to be made
     * @throws IOException if it cannot be made; to be tried again later
     */
    synchronized boolean requireSocket() throws IOException {
        if (ending) return false;
        place.requireFolder();
        if (isListening()) return false;
        Optional<Listening> replaced = listening;
        listening = Optional.of(bind(place.socket()));
        selector.wakeup();
        if (replaced.isPresent()) replaced.get().server().close();
        return true;
    }

    /** Whether services find the socket. Thread-safe; one system call. */
    synchronized boolean isListening() throws IOException {
        try {
            return listening.isPresent() && listening.get().file().equals(FileIdentity.of(place.socket()));
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
            // Anybody may knock; the kernel says who it is, and the token whose run.
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

    void start() {
        thread.start();
    }

    private void run() {
        while (!ending) {
            try {
                long wait = untilNextDeadline();
                AgentThread.idle();
                selector.select(this::handle, wait);
                closeSilentUnattached();
                readPausedAgain();
            } catch (IOException | RuntimeException e) { // the thread's top: one fault must not end all channels
                reportFault(e);
                LockSupport.parkNanos(AFTER_A_FAULT);
            }
            fireDueTimers();
        }
        selector.keys().forEach(this::endSession);
        takeDue().forEach(ChannelThread::tell);
    }

    private void reportFault(Exception fault) {
        if (failures++ == 0) LOG.error("the channel thread goes on after a fault", fault);
        else LOG.error("the channel thread goes on after a fault, {} so far: {}", failures, fault.toString());
    }

    /**
     * Tells a supervisor that a timer has fired, on this thread, when what is in the sockets now has been read. A timer of
     * the same supervisor and kind that still waits is not told: the newer one has replaced it. Thread-safe; never blocks.
     */
    void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        due.merge(new TimerTarget(supervisor, fired.kind()), fired, (a, b) -> a.number() > b.number() ? a : b);
        if (ending) takeDue().forEach(ChannelThread::tell);
        else selector.wakeup();
    }

    /** Whatever goes wrong in reading: a timer that is not told would never be set again, and its service never ended. */
    private void fireDueTimers() {
        Map<TimerTarget, Event.TimerFired> taken = takeDue();
        if (taken.isEmpty()) return;
        try {
            for (int i = 0; i < READS_BEFORE_TIMER && selector.selectNow(this::handle) > 0; i++) readPausedAgain();
            // Also those that speak too fast: their "alive" may be behind much else. Their pause gets longer by it.
            List.copyOf(paused.keySet()).forEach(this::drain);
        } catch (IOException | RuntimeException e) { // as in run()
            reportFault(e);
        }
        taken.forEach(ChannelThread::tell);
    }

    /** Taken before the sockets are read; each by one thread only. */
    private Map<TimerTarget, Event.TimerFired> takeDue() {
        var taken = new HashMap<TimerTarget, Event.TimerFired>();
        for (TimerTarget target : due.keySet())
            Optional.ofNullable(due.remove(target)).ifPresent(fired -> taken.put(target, fired));
        return taken;
    }

    private static void tell(TimerTarget target, Event.TimerFired fired) {
        FatalErrors.run(() -> target.supervisor().accept(fired));
    }

    private void handle(SelectionKey key) {
        AgentThread.step();
        try {
            if (!key.isValid()) return;
            if (key.isAcceptable()) accept((ServerSocketChannel) key.channel());
            else serve(key, (ChannelSession) key.attachment());
        } catch (CancelledKeyException over) {
            // ended on another thread this moment
        }
    }

    private void serve(SelectionKey key, ChannelSession session) {
        guard(session, () -> {
            if (key.isWritable()) session.connection().writable();
            if (!key.isValid() || !key.isReadable()) return;
            listen(session);
            pause(session, session.pause(System.nanoTime()));
        });
    }

    private void drain(ChannelSession session) {
        guard(session, () -> {
            for (int i = 0; i < READS_BEFORE_TIMER && listen(session); i++) AgentThread.step();
        });
    }

    private boolean listen(ChannelSession session) {
        boolean isMore = session.listen(piece);
        if (session.isAttached()) unattached.remove(session);
        return isMore;
    }

    /** The top of what one conversation does: the others are heard all the same, and it itself a little later. */
    private void guard(ChannelSession session, Runnable step) {
        try {
            step.run();
        } catch (CancelledKeyException over) {
            // ended on another thread this moment
        } catch (RuntimeException bug) {
            reportFault(bug);
            pause(session, AFTER_A_FAULT);
        }
    }

    private void pause(ChannelSession session, long nanos) {
        if (nanos == 0 || session.connection().isOver()) return;
        session.connection().reading(false);
        paused.put(session, System.nanoTime() + nanos);
    }

    private void accept(ServerSocketChannel server) {
        try {
            for (int i = 0; i < ACCEPTS; i++) {
                SocketChannel socket = server.accept();
                if (socket == null) return;
                register(socket);
            }
        } catch (IOException e) {
            if (ending) return;
            // Most likely out of file descriptors: there will be some when a connection ends.
            if (failures++ == 0) LOG.warn("a connection to the channel could not be taken", e);
        }
    }

    private void register(SocketChannel socket) throws IOException {
        if (unattached.size() >= MAX_UNATTACHED)
            closeUnattached(unattached.iterator().next());
        try {
            var connection = new ChannelConnection(socket, selector, registry::ended);
            var session = new ChannelSession(connection, registry, System.nanoTime());
            connection.key().attach(session);
            unattached.add(session);
        } catch (IOException gone) {
            socket.close();
        }
    }

    private void closeUnattached(ChannelSession session) {
        unattached.remove(session);
        session.connection().end(ChannelConnection.Ending.NOT_ATTACHED);
    }

    private void closeSilentUnattached() {
        unattached.removeIf(session -> session.connection().isOver());
        while (!unattached.isEmpty()) {
            ChannelSession oldest = unattached.iterator().next();
            if (System.nanoTime() - oldest.since() < MAX_SILENCE) return;
            closeUnattached(oldest);
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
    private long untilNextDeadline() {
        long now = System.nanoTime();
        long next = Long.MAX_VALUE;
        if (!unattached.isEmpty()) next = unattached.iterator().next().since() + MAX_SILENCE - now;
        for (long due : paused.values()) next = Math.min(next, due - now);
        if (next == Long.MAX_VALUE) return 0;
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    private void endSession(SelectionKey key) {
        if (key.attachment() instanceof ChannelSession session) {
            session.connection().end(ChannelConnection.Ending.AGENT_STOPPING);
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
                if (listening.isPresent()) listening.get().server().close();
            }
            selector.close();
            Files.deleteIfExists(place.socket());
        } catch (IOException e) {
            LOG.warn("the channel's socket could not be closed: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
