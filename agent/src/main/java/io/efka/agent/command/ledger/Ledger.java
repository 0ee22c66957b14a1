package io.efka.agent.command.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.supervision.StoreException;
import io.efka.mqtt.Message;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers commands by id, so that each takes effect once, whatever is delivered twice and wherever the agent is killed.
 *
 * <p>An id is admitted in memory first, made durable by {@link #accept}, finished by {@link #finish} and marked by
 * {@link #replied}. An outcome is forgotten when it is older than the age <em>and</em> not among the newest entries; or
 * sooner, oldest first, when {@value #HARD_ENTRIES} outcomes or {@value #HARD_CHARACTERS} characters of replies are
 * exceeded, so that no flood of ids fills disk or memory. What duplicates are owed goes with the outcome. Thread-safe; only
 * {@code accept}, {@code finish} and {@code owe} wait for the disk.
 */
public final class Ledger {
    /** 14 commands a minute for 24 hours, in about 12 MB of heap. */
    static final int HARD_ENTRIES = 20_000;

    static final int HARD_CHARACTERS = 8 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    // No id of a user's starts like this: control characters are not allowed in one.
    private static final String UNNAMED = "\t";

    private final LedgerStore store;
    private final OwedReplies owedReplies;
    private final int entries;
    private final Duration age;
    private final Timers timers;

    @GuardedBy("this") private final Map<String, InFlightCommand> pending = new HashMap<>();

    @GuardedBy("this") private final LinkedHashMap<String, LedgerEntry> finished = new LinkedHashMap<>();

    @GuardedBy("this") private long characters;

    @GuardedBy("this") private long lastNumber;

    @GuardedBy("this") private boolean isOverflowReported;

    /**
     * @param entries outcomes kept at least; 1,000 by default
     * @param age outcomes younger than this are kept as well; 24 h by default
     */
    public Ledger(LedgerStore store, int entries, Duration age, Timers timers) {
        this.store = store;
        this.owedReplies = new OwedReplies(store);
        this.entries = entries;
        this.age = age;
        this.timers = timers;
    }

    /** What is known of an id. */
    public sealed interface Admission {
        /** The id was unknown. It now belongs to this command, under this key. */
        record Fresh(String key) implements Admission {}

        /**
         * The same command is under way.
         *
         * @param recorded completes when it is known whether the command is on disk
         * @param reply what to answer the duplicate; empty: the command's own reply goes to the same topic
         */
        record UnderWay(String key, CompletableFuture<Boolean> recorded, Optional<CompletableFuture<String>> reply)
                implements Admission {}

        /** The same command is done. */
        record Finished(String key, String reply) implements Admission {}

        /** The id belongs to another command. */
        record Reused() implements Admission {}

        /** Too many commands are under way. */
        record Full() implements Admission {}
    }

    /** Reads the store, once, before anything else; returns what was left to be done or replied, oldest first. */
    public List<LedgerEntry> load() {
        var read = new ArrayList<LedgerEntry>();
        Map<String, String> documents = store.load();
        documents.forEach((id, document) -> {
            if (!OwedReplies.isKey(id)) decode(id, document).ifPresent(read::add);
        });
        read.sort(Comparator.comparingLong(LedgerEntry::number));
        List<String> surplus;
        List<LedgerEntry> open;
        synchronized (this) {
            open = take(read);
            surplus = surplus();
        }
        if (!surplus.isEmpty()) store.delete(surplus);
        owedReplies.load(documents, this::isKnown);
        owedReplies.all().forEach(owed -> repliesTo(owed.command(), owed.to()));
        return open;
    }

    private synchronized boolean isKnown(String key) {
        return finished.containsKey(key) || pending.containsKey(key);
    }

    @GuardedBy("this") private List<LedgerEntry> take(List<LedgerEntry> read) {
        var open = new ArrayList<LedgerEntry>();
        for (LedgerEntry entry : read) {
            lastNumber = Math.max(lastNumber, entry.number());
            if (entry.stage() instanceof LedgerEntry.Done done) {
                file(entry, done);
                if (!done.isReplied()) open.add(entry);
            } else {
                var again = new InFlightCommand(entry.number(), entry.digest());
                again.accepted(entry.accepted());
                again.recorded().complete(true); // nobody waits for it yet
                pending.put(entry.id(), again);
                open.add(entry);
            }
        }
        return open;
    }

    /**
     * Asks for a command's id, and takes it if it is free.
     *
     * @param id empty: the command has none, and gets a key of its own
     */
    public synchronized Admission admit(Optional<String> id, String digest, ReplyTo replyTo) {
        String key = id.isPresent() ? id.get() : UNNAMED + (lastNumber + 1);
        LedgerEntry done = finished.get(key);
        if (done != null && done.stage() instanceof LedgerEntry.Done outcome) {
            return done.digest().equals(digest) ? new Admission.Finished(key, outcome.reply()) : new Admission.Reused();
        }
        InFlightCommand known = pending.get(key);
        if (known != null) {
            if (!known.digest().equals(digest)) return new Admission.Reused();
            boolean isOwed = known.reply().isDone() || known.addTopic(replyTo.topic());
            return new Admission.UnderWay(
                    key, known.recorded(), isOwed ? Optional.of(known.reply()) : Optional.empty());
        }
        if (pending.size() >= HARD_ENTRIES) return new Admission.Full();
        var fresh = new InFlightCommand(++lastNumber, digest);
        fresh.addTopic(replyTo.topic());
        pending.put(key, fresh);
        return new Admission.Fresh(key);
    }

    /** Notes where a command that an earlier agent accepted is answered; this is known once it is decoded again. */
    public synchronized void repliesTo(String key, ReplyTo replyTo) {
        InFlightCommand known = pending.get(key);
        if (known != null) known.addTopic(replyTo.topic());
    }

    /**
     * Makes an admitted command durable. If that fails, the caller must {@linkplain #withdraw withdraw} it.
     *
     * @param mayUseReserve also on a full disk, until the store's reserve is used up
     */
    public void accept(String key, Message request, ServiceSnapshot snapshot, Instant arrived, boolean mayUseReserve)
            throws StoreException {
        InFlightCommand admitted = pending(key);
        var stage = new LedgerEntry.Accepted(request, snapshot);
        String document =
                LedgerCodec.encode(new LedgerEntry(key, admitted.number(), admitted.digest(), arrived, stage));
        if (mayUseReserve) store.saveToReserve(key, document);
        else store.save(key, document);
        synchronized (this) {
            admitted.accepted(arrived);
        }
        admitted.recorded().complete(true);
    }

    /**
     * Frees a key that was admitted and not accepted.
     *
     * @param reply what its duplicates are told
     */
    public void withdraw(String key, String reply) {
        InFlightCommand gone = pending(key);
        synchronized (this) {
            pending.remove(key);
        }
        gone.reply().complete(reply);
        gone.recorded().complete(false);
    }

    /** Gives the duplicates of a command that does not wait the reply that it got at its acceptance. */
    public void answeredEarly(String key, String reply) {
        pending(key).reply().complete(reply);
    }

    /**
     * Makes a reply to a duplicate durable, before the duplicate is acknowledged.
     *
     * @return empty: it could not be, and is lost if the agent is killed before the reply
     */
    public Optional<OwedReplies.Owed> owe(String key, ReplyTo to) {
        return owedReplies.save(key, to);
    }

    /** The broker has the reply to a duplicate. */
    public void settled(OwedReplies.Owed owed) {
        owedReplies.settled(owed);
    }

    /** The replies that duplicates are owed; after {@link #load}, those that earlier agents did not send. */
    public List<OwedReplies.Owed> owed() {
        return owedReplies.all();
    }

    /** Completes with what duplicates of a known command are told. */
    public synchronized CompletableFuture<String> reply(String key) {
        LedgerEntry done = finished.get(key);
        if (done != null && done.stage() instanceof LedgerEntry.Done outcome) {
            return CompletableFuture.completedFuture(outcome.reply());
        }
        return pending(key).reply();
    }

    /**
     * Makes an outcome durable. One that cannot be written is kept in memory and written with the next durable change: the
     * command took effect, and whoever sent it is told so.
     *
     * @param reply sent whole to the duplicates that wait for it; later ones may get it {@linkplain ShortReply shortened}
     */
    public void finish(String key, ReplyTo to, String reply) {
        InFlightCommand ended = pending(key);
        var done = new LedgerEntry.Done(timers.now(), to, ShortReply.kept(reply), false);
        var entry = new LedgerEntry(key, ended.number(), ended.digest(), ended.acceptedAt(), done);
        save(entry);
        List<String> surplus;
        synchronized (this) {
            pending.remove(key);
            file(entry, done);
            surplus = surplus();
        }
        if (!surplus.isEmpty()) {
            store.delete(surplus);
            owedReplies.forget(surplus);
        }
        ended.reply().complete(reply);
    }

    /** The broker has the reply. */
    public void replied(String key) {
        LedgerEntry entry;
        synchronized (this) {
            LedgerEntry known = finished.get(key);
            if (known == null || !(known.stage() instanceof LedgerEntry.Done done)) return;
            entry = known.with(new LedgerEntry.Done(done.at(), done.to(), done.reply(), true));
            if (isUnnamed(key)) unfile(key);
            else finished.put(key, entry);
        }
        if (isUnnamed(key)) store.delete(List.of(key));
        else store.saveSoon(key, LedgerCodec.encode(entry));
    }

    private void save(LedgerEntry entry) {
        String document = LedgerCodec.encode(entry);
        if (isUnnamed(entry.id())) {
            // At least once is all that is promised without an id: a crash before this is on disk repeats the command.
            store.saveSoon(entry.id(), document);
            return;
        }
        try {
            store.saveToReserve(entry.id(), document);
        } catch (StoreException e) {
            LOG.warn("outcome of command {} is in memory only: {}", JsonExcerpt.of(entry.id()), e.getMessage());
            store.saveSoon(entry.id(), document);
        }
    }

    private synchronized InFlightCommand pending(String key) {
        InFlightCommand known = pending.get(key);
        if (known == null) throw new IllegalStateException("command " + key + " is not under way");
        return known;
    }

    @GuardedBy("this") private void file(LedgerEntry entry, LedgerEntry.Done done) {
        finished.put(entry.id(), entry);
        characters += done.reply().length();
    }

    @GuardedBy("this") private void unfile(String key) {
        LedgerEntry gone = finished.remove(key);
        if (gone != null && gone.stage() instanceof LedgerEntry.Done done) {
            characters -= done.reply().length();
        }
    }

    @GuardedBy("this") private List<String> surplus() {
        var surplus = new ArrayList<String>();
        Instant young = timers.now().minus(age);
        while (finished.size() > entries) {
            LedgerEntry oldest = finished.values().iterator().next();
            boolean old =
                    oldest.stage() instanceof LedgerEntry.Done done && done.at().isBefore(young);
            if (!old && !isOverflowing()) break;
            if (!old) reportOverflow();
            unfile(oldest.id());
            surplus.add(oldest.id());
        }
        return surplus;
    }

    @GuardedBy("this") private boolean isOverflowing() {
        return finished.size() > HARD_ENTRIES || characters > HARD_CHARACTERS;
    }

    @GuardedBy("this") private void reportOverflow() {
        if (isOverflowReported) return;
        isOverflowReported = true;
        LOG.warn(
                "the ledger is full ({} outcomes, {} characters): the oldest are forgotten before their age of {}",
                finished.size(),
                characters,
                age);
    }

    private static boolean isUnnamed(String key) {
        return key.startsWith(UNNAMED);
    }

    private static Optional<LedgerEntry> decode(String id, String document) {
        try {
            return Optional.of(LedgerCodec.decode(id, document));
        } catch (IllegalArgumentException e) {
            LOG.warn("command {} is forgotten: {}", JsonExcerpt.of(id), e.getMessage());
            return Optional.empty();
        }
    }
}
