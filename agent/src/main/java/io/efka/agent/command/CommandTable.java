package io.efka.agent.command;

import io.efka.protocol.ErrorCode;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every command there is, by level and name. Immutable. */
public final class CommandTable {
    /** What stands before the name in the topic of a {@code call}. */
    public static final String CALL_PREFIX = "call/";

    private final Map<String, Row> device;
    private final Map<String, Row> service;

    public CommandTable(Map<String, Row> device, Map<String, Row> service) {
        this.device = new TreeMap<>(device);
        this.service = new TreeMap<>(service);
    }

    /** What a command does to the world, and so what becomes of it when the agent is killed. */
    public enum Kind {
        /** Changes nothing: not written into the ledger, answered anew each time. */
        QUERY,
        /** What it wants is known by what is so: finished after a crash. */
        REPEATABLE,
        /** Doing it twice could do harm: {@code interrupted} after a crash. */
        HARMFUL
    }

    /** When the next command in the lane may begin. */
    public enum Hold {
        /** As soon as the supervisor is told: a stop interrupts a start that waits for readiness. */
        UNTIL_TOLD,
        /** When it is answered; a command that does not wait is answered at acceptance, its end is an event. */
        UNTIL_DONE
    }

    /**
     * One command.
     *
     * @param arguments the keys it understands beside {@link CommandDecoder#COMMON}
     * @param readsFolders whether it reads services' folders, which may be on a dead mount
     * @param afterwards run when the reply to a successful one is on its way; must not block
     */
    public record Row(
            Kind kind,
            Hold hold,
            Set<String> arguments,
            CommandHandler handler,
            boolean readsFolders,
            Optional<Runnable> afterwards) {
        public Row {
            var all = new HashSet<String>(arguments);
            all.addAll(CommandDecoder.COMMON);
            arguments = Set.copyOf(all);
        }

        public Row andThen(Runnable next) {
            return new Row(kind, hold, arguments, handler, readsFolders, Optional.of(next));
        }

        public Row readingFolders() {
            return new Row(kind, hold, arguments, handler, true, afterwards);
        }

        public static Row query(CommandHandler handler, String... arguments) {
            return new Row(Kind.QUERY, Hold.UNTIL_DONE, Set.of(arguments), handler, false, Optional.empty());
        }

        public static Row told(Kind kind, CommandHandler handler, String... arguments) {
            return new Row(kind, Hold.UNTIL_TOLD, Set.of(arguments), handler, false, Optional.empty());
        }

        public static Row done(Kind kind, CommandHandler handler, String... arguments) {
            return new Row(kind, Hold.UNTIL_DONE, Set.of(arguments), handler, false, Optional.empty());
        }
    }

    /** Every command of the device there is. */
    public Set<String> deviceCommands() {
        return Set.copyOf(device.keySet());
    }

    /** Every command of a service there is. */
    public Set<String> serviceCommands() {
        return Set.copyOf(service.keySet());
    }

    Row find(CommandHeader address) throws CommandException {
        boolean toService = address.service().isPresent();
        Row row = (toService ? service : device).get(template(address.name()));
        if (row != null) return row;
        throw new CommandException(ErrorCode.UNKNOWN_COMMAND, unknown(address.name(), toService));
    }

    /** The name as it stands in the table: the part that a user chooses is one place there. */
    private static String template(String name) {
        return name.startsWith(CALL_PREFIX) ? CALL_PREFIX + "{name}" : name;
    }

    private String unknown(String name, boolean toService) {
        Collection<String> known = (toService ? service : device).keySet();
        Collection<String> other = (toService ? device : service).keySet();
        String kind = toService ? "service" : "device";
        String what = "there is no " + kind + " command " + JsonExcerpt.of(name);
        if (other.contains(name)) {
            return what + "; it is one of the " + (toService ? "device" : "services: …/svc/{service}/cmd/" + name);
        }
        String hint = Spelling.hint(name, known);
        return what + (hint.isEmpty() ? "; there are " + String.join(", ", known) : hint);
    }
}
