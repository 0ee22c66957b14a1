package io.efka.agent.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.supervision.StoreException;
import io.efka.threads.AgentThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Group commit. A commit that comes while a group is being written joins the next group; the first of that group to find
 * the journal free writes it for all, with one sync. Thread-safe; not disturbed by interrupts.
 */
final class GroupCommit {
    private static final long LOOK_MILLIS = 1_000;

    private final StoreLimits bounds;
    private final Runnable journalFull;
    private final Object turn = new Object();

    /** Changed, like the journal, only while {@link #isWriting} is set, and only by the thread that set it. */
    private final Documents documents;

    @GuardedBy("turn") private final Map<String, Change> soon = new LinkedHashMap<>();

    private Journal journal;

    @GuardedBy("turn") private long journalLength;

    @GuardedBy("turn") private Group next = new Group();

    @GuardedBy("turn") private boolean isWriting;

    @GuardedBy("turn") private boolean isRotating;

    @GuardedBy("turn") private boolean isCheckpointing;

    @GuardedBy("turn") private Optional<AgentThread> checkpoint = Optional.empty();

    @GuardedBy("turn") private boolean isClosed;

    /** Changes that become durable together; on a full disk, only the critical ones. */
    private static final class Group {
        final List<Change> changes = new ArrayList<>();
        final List<Change> critical = new ArrayList<>();
        boolean done;
        Optional<IOException> failure = Optional.empty();
        Optional<IOException> criticalFailure = Optional.empty();
    }

    /**
     * @param journalFull called when the journal has passed its bound, not again before {@link #checkpointDone}; must not
     *     block
     */
    GroupCommit(Documents documents, Journal journal, StoreLimits bounds, Runnable journalFull) {
        this.documents = documents;
        this.journal = journal;
        this.journalLength = journal.length();
        this.bounds = bounds;
        this.journalFull = journalFull;
    }

    /** Returns when the changes are durable, together with those given to {@link #soon} before. */
    void commit(List<Change> changes) throws StoreException {
        requireSaved(write(group -> group.changes.addAll(changes)).failure);
    }

    /** Returns when the changes are durable, on a full disk by the journal's reserve. */
    void commitCritical(List<Change> changes) throws StoreException {
        requireSaved(write(group -> group.critical.addAll(changes)).criticalFailure);
    }

    @SuppressWarnings("GuardedBy") // the condition is looked at under the lock
    private Group write(Consumer<Group> join) throws StoreException {
        Group mine;
        List<Change> late;
        synchronized (turn) {
            mine = next;
            join.accept(mine);
            await(() -> mine.done || !isBusy());
            if (mine.done) return mine;
            requireOpen();
            next = new Group();
            late = List.copyOf(soon.values());
            isWriting = true;
        }
        write(mine, late);
        return mine;
    }

    @GuardedBy("turn") private boolean isBusy() {
        return isWriting || isRotating || (isCheckpointing && journalLength >= bounds.fullJournal());
    }

    @GuardedBy("turn") private void requireOpen() throws StoreException {
        if (!isClosed) return;
        String message = "the state store is closed";
        throw new StoreException(message, new IOException(message));
    }

    // Late changes were asked for before the others: they go first.
    private void write(Group group, List<Change> late) {
        var all = new ArrayList<Change>(late);
        all.addAll(group.changes);
        all.addAll(group.critical);
        group.failure = Optional.of(new IOException("the writer failed"));
        group.criticalFailure = group.failure;
        List<Change> written = List.of();
        try {
            group.failure = tried(journal::append, all);
            group.criticalFailure =
                    group.failure.isEmpty() ? group.failure : tried(journal::appendFromReserve, group.critical);
            written = group.failure.isEmpty() ? all : group.criticalFailure.isEmpty() ? group.critical : List.of();
        } finally {
            finish(group, written, late);
        }
    }

    /** Writes one record. */
    private interface Append {
        void record(byte[] payload) throws IOException;
    }

    private static Optional<IOException> tried(Append append, List<Change> changes) {
        if (changes.isEmpty()) return Optional.empty();
        try {
            append.record(Change.encode(changes));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private void finish(Group group, List<Change> written, List<Change> late) {
        boolean isFull;
        synchronized (turn) {
            documents.apply(written);
            if (!late.isEmpty()) forget(late, written);
            group.done = true;
            isWriting = false;
            journalLength = journal.length();
            isFull = journalLength > bounds.journal() && !isCheckpointing;
            isCheckpointing |= isFull;
            turn.notifyAll();
        }
        if (isFull) journalFull.run();
    }

    /** Late changes that are written now, or were overwritten, need not be written again. */
    @GuardedBy("turn") private void forget(List<Change> late, List<Change> written) {
        Set<String> paths = written.stream().map(Documents::path).collect(Collectors.toSet());
        for (Change change : late) {
            String path = Documents.path(change);
            if (paths.contains(path)) soon.remove(path, change); // unless there is a newer one
        }
    }

    private static void requireSaved(Optional<IOException> failure) throws StoreException {
        if (failure.isEmpty()) return;
        IOException cause = failure.get();
        throw new StoreException("the state cannot be saved: " + cause.getMessage(), cause);
    }

    /** Takes changes that become durable with the next commit. Never blocks on the disk. */
    void soon(Collection<Change> changes) {
        synchronized (turn) {
            for (Change change : changes) soon.put(Documents.path(change), change);
        }
    }

    /** One map as its callers made it, including changes that are not durable yet. */
    Map<String, String> map(String name) {
        synchronized (turn) {
            if (soon.isEmpty()) return documents.map(name);
            Documents now = Documents.of(documents.snapshot());
            now.apply(soon.values());
            return now.map(name);
        }
    }

    /** Makes the next journal. */
    interface NextJournal {
        Journal make(long generation) throws IOException;
    }

    /** What a new journal starts from: the content of the checkpoint that is due, and its generation. */
    record Rotation(SortedMap<String, String> documents, long generation) {}

    /**
     * Continues in a new journal. Takes the turn of a commit and about two syncs. Empty if the present journal is empty.
     * Call {@link #checkpointDone} afterwards in any case.
     */
    Optional<Rotation> rotate(NextJournal next) throws IOException {
        takeTurn();
        try {
            if (journal.isEmpty()) return Optional.empty();
            journal.seal();
            Journal full = journal;
            Rotation rotation = goOnIn(next.make(full.generation() + 1));
            full.close();
            return Optional.of(rotation);
        } finally {
            endTurn();
        }
    }

    @SuppressWarnings("GuardedBy") // the condition is looked at under the lock
    private void takeTurn() {
        synchronized (turn) {
            isCheckpointing = true;
            checkpoint = Thread.currentThread() instanceof AgentThread writer ? Optional.of(writer) : Optional.empty();
            isRotating = true; // goes before the commits that wait
            await(() -> !isWriting);
            isRotating = false;
            isWriting = true;
        }
    }

    private Rotation goOnIn(Journal following) {
        synchronized (turn) {
            journal = following;
            return new Rotation(documents.snapshot(), following.generation());
        }
    }

    private void endTurn() {
        synchronized (turn) {
            isWriting = false;
            journalLength = journal.length();
            turn.notifyAll();
        }
    }

    /** The checkpoint is written, or has failed: the next one is begun when the journal is full. */
    void checkpointDone() {
        synchronized (turn) {
            isCheckpointing = false;
            checkpoint = Optional.empty();
            turn.notifyAll();
        }
    }

    /** From now on commits fail. */
    @SuppressWarnings("GuardedBy") // the condition is looked at under the lock
    void refuse() {
        synchronized (turn) {
            isClosed = true;
            await(() -> !isWriting);
        }
    }

    /** After {@link #refuse}, when no rotation is under way any more. */
    void close() throws IOException {
        synchronized (turn) {
            journal.close();
        }
    }

    @GuardedBy("turn") private void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            int before = checkpoint.map(AgentThread::steps).orElse(0);
            try {
                turn.wait(LOOK_MILLIS);
                // Waiting for a long checkpoint is progress to the self-check.
                if (checkpoint.map(AgentThread::steps).orElse(0) != before) AgentThread.step();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
