package io.efka.agent.command.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.supervision.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replies to duplicates that were acknowledged and not yet answered. Each is a separate document in the ledger's
 * store, written before the PUBACK and deleted after the reply. Beyond the bounds a duplicate is still answered, but not
 * after a kill of the agent. Thread-safe; only
 * {@link #save} waits for the disk.
 */
public final class OwedReplies {
    static final int MAX_OWED = 1_000;

    /** Of documents: a reply topic may have 64 KiB. */
    static final int MAX_CHARACTERS = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(OwedReplies.class);
    // Neither a user's id nor the key of a command without id starts like this. Older agents skip such documents.
    private static final String PREFIX = "\n";

    private final LedgerStore store;

    @GuardedBy("this") private final Map<String, Document> owed = new LinkedHashMap<>();

    @GuardedBy("this") private long characters;

    @GuardedBy("this") private long lastNumber;

    @GuardedBy("this") private boolean isTroubleReported;

    OwedReplies(LedgerStore store) {
        this.store = store;
    }

    /**
     * One reply.
     *
     * @param key of its document
     * @param command the ledger's key of the command
     */
    public record Owed(String key, String command, ReplyTo to) {}

    private record Document(Owed owed, int length) {}

    static boolean isKey(String key) {
        return key.startsWith(PREFIX);
    }

    /**
     * Reads what earlier agents owe. Called once.
     *
     * @param documents of the whole ledger
     * @param isKnown whether the ledger knows a command; the replies to unknown ones are deleted
     */
    void load(Map<String, String> documents, Predicate<String> isKnown) {
        var useless = new ArrayList<String>();
        synchronized (this) {
            new TreeMap<>(documents).forEach((key, document) -> {
                if (!isKey(key)) return;
                Optional<Owed> read = decode(key, document).filter(found -> isKnown.test(found.command()));
                if (read.isPresent()) put(read.get(), document.length());
                else useless.add(key);
            });
        }
        if (!useless.isEmpty()) store.delete(useless);
    }

    synchronized List<Owed> all() {
        return owed.values().stream().map(Document::owed).toList();
    }

    /**
     * Makes an owed reply durable.
     *
     * @return empty: it could not be saved, or there are too many; then only this agent answers
     */
    Optional<Owed> save(String command, ReplyTo to) {
        Owed promised;
        String document = LedgerCodec.encodeOwed(command, to);
        synchronized (this) {
            if (owed.size() >= MAX_OWED || characters + document.length() > MAX_CHARACTERS) {
                reportTrouble("there are " + owed.size() + " of " + characters + " characters");
                return Optional.empty();
            }
            promised = new Owed(PREFIX + ++lastNumber, command, to);
            put(promised, document.length());
        }
        try {
            store.save(promised.key(), document);
            return Optional.of(promised);
        } catch (StoreException e) {
            synchronized (this) {
                remove(promised.key());
                reportTrouble(String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    /** The broker has the reply. */
    void settled(Owed paid) {
        synchronized (this) {
            remove(paid.key());
        }
        store.delete(List.of(paid.key()));
    }

    /** The outcomes of these commands are forgotten. */
    void forget(Collection<String> commands) {
        List<String> keys;
        synchronized (this) {
            if (owed.isEmpty()) return;
            keys = owed.values().stream()
                    .map(Document::owed)
                    .filter(one -> commands.contains(one.command()))
                    .map(Owed::key)
                    .toList();
            keys.forEach(this::remove);
        }
        if (!keys.isEmpty()) store.delete(keys);
    }

    @GuardedBy("this") private void put(Owed one, int length) {
        owed.put(one.key(), new Document(one, length));
        characters += length;
        lastNumber = Math.max(lastNumber, Long.parseLong(one.key().substring(PREFIX.length())));
    }

    @GuardedBy("this") private void remove(String key) {
        Document gone = owed.remove(key);
        if (gone != null) characters -= gone.length();
    }

    @GuardedBy("this") private void reportTrouble(String why) {
        if (isTroubleReported) return;
        isTroubleReported = true;
        LOG.warn("replies to duplicates of commands are not written down, and lost if the agent is killed: {}", why);
    }

    private static Optional<Owed> decode(String key, String document) {
        try {
            Long.parseLong(key.substring(PREFIX.length()));
            return Optional.of(LedgerCodec.decodeOwed(key, document));
        } catch (IllegalArgumentException e) {
            LOG.warn("a reply to a duplicate is forgotten: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
