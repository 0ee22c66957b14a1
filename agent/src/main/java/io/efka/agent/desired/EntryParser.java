package io.efka.agent.desired;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.desired.Entry.Content;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads what a document says of services. The arguments of commands are left to the commands, but for their names. */
final class EntryParser {
    /** Of {@code apply} alone: a service that has no releases. */
    private static final List<String> FOLDER_KEYS = List.of("work_dir", "patch");

    /** Of {@code deploy} alone: it would do nothing. */
    private static final String PLAN = "plan";

    /** Each is written to disk and reported whenever one of them changes. */
    static final int MAX_SERVICES = 256;

    private final Set<String> deployKeys;
    private final Set<String> known;

    /** @param deployKeys the arguments that {@code deploy} understands */
    EntryParser(Set<String> deployKeys) {
        var carriedOut = new TreeSet<String>(deployKeys);
        carriedOut.remove(PLAN);
        this.deployKeys = Set.copyOf(carriedOut);
        var all = new TreeSet<String>(carriedOut);
        all.addAll(FOLDER_KEYS);
        all.addAll(Entry.OWN_KEYS);
        this.known = Set.copyOf(all);
    }

    /** @param key of the object that has an entry for each service id */
    SortedMap<ServiceId, Entry> services(CommandArguments document, String key) throws CommandException {
        var entries = new TreeMap<ServiceId, Entry>();
        Optional<CommandArguments> services = document.object(key);
        if (services.isEmpty()) return entries;
        if (services.get().keys().size() > MAX_SERVICES) {
            throw new CommandException(
                    ErrorCode.BAD_ARGUMENT,
                    key + " must name at most " + MAX_SERVICES + " services, names "
                            + services.get().keys().size() + ": use several documents");
        }
        for (String name : services.get().keys()) {
            if (!Names.isLegal(name)) {
                String legal = "must have service ids as keys (1-64 of A-Z a-z 0-9 . _ -, not starting with . or -)";
                throw CommandException.of(ErrorCode.BAD_ARGUMENT, new Fault(key, JsonExcerpt.of(name), legal));
            }
            var id = new ServiceId(name);
            CommandArguments entry = services.get()
                    .object(name)
                    .orElseThrow(() -> services.get().wrong(name, "an object, as in {\"desired\":\"running\"}"));
            entries.put(id, entry(id, entry));
        }
        return entries;
    }

    private Entry entry(ServiceId id, CommandArguments entry) throws CommandException {
        requireKnown(entry, known);
        JsonObject content = entry.content();
        Content kind = kind(entry);
        var arguments = new JsonObject();
        content.entrySet().stream()
                .filter(field -> !Entry.OWN_KEYS.contains(field.getKey()))
                .forEach(field -> arguments.add(field.getKey(), field.getValue()));
        return new Entry(
                id,
                kind,
                arguments,
                desired(entry),
                entry.object("config").map(CommandArguments::content),
                CanonicalJson.digest(content));
    }

    private Content kind(CommandArguments entry) throws CommandException {
        if (entry.flag("absent", false)) {
            for (String key : entry.keys()) {
                if (!key.equals("absent") && entry.any(key).isPresent()) {
                    throw entry.wrong(key, "left out where absent is true");
                }
            }
            return Content.ABSENT;
        }
        Optional<String> folder =
                FOLDER_KEYS.stream().filter(key -> entry.any(key).isPresent()).findFirst();
        Optional<String> release = deployKeys.stream()
                .filter(key -> entry.any(key).isPresent())
                .sorted()
                .findFirst();
        if (folder.isEmpty()) return release.isEmpty() ? Content.UNCHANGED : Content.RELEASE;
        if (release.isPresent()) throw entry.wrong(release.get(), "left out where " + folder.get() + " is given");
        if (entry.any("work_dir").isPresent() && entry.any("patch").isPresent()) {
            throw entry.wrong("patch", "left out where work_dir is given");
        }
        return Content.FOLDER;
    }

    private static Desired desired(CommandArguments entry) throws CommandException {
        String usual = entry.flag("start", true) ? "running" : "stopped";
        return switch (entry.string("desired").orElse(usual)) {
            case "running" -> Desired.RUNNING;
            case "stopped" -> Desired.STOPPED;
            default -> throw entry.wrong("desired", "\"running\" or \"stopped\"");
        };
    }

    /** A key that is misspelled must not be ignored: a window that is none would let a fleet begin at noon. */
    static void requireKnown(CommandArguments object, Collection<String> known) throws CommandException {
        for (String key : object.keys()) {
            if (!known.contains(key)) {
                throw object.wrong(key, "left out: this agent does not know it" + Spelling.hint(key, known));
            }
        }
    }
}
