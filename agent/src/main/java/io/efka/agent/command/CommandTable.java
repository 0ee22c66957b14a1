package io.efka.agent.command;

import io.efka.agent.install.Spelling;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every command there is, by level and name. Immutable. */
public final class CommandTable {
    private final Map<String, Row> device;
    private final Map<String, Row> service;

    CommandTable(Map<String, Row> device, Map<String, Row> service) {
        this.device = new TreeMap<>(device);
        this.service = new TreeMap<>(service);
    }

    /** What a command does to the world, and so what becomes of it when the agent is killed. */
    enum Kind {
        /** Changes nothing: not written into the ledger, answered anew each time. */
        QUERY,
        /** What it wants is known by what is so: finished after a crash. */
        REPEATABLE,
        /** Doing it twice could do harm: {@code interrupted} after a crash. */
        HARMFUL
    }

    /** When the next command in the lane may begin. */
    enum Hold {
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
    record Row(
            Kind kind,
            Hold hold,
            Set<String> arguments,
            Handler handler,
            boolean readsFolders,
            Optional<Runnable> afterwards) {
        Row {
            var all = new HashSet<String>(arguments);
            all.addAll(CommandDecoder.COMMON);
            arguments = Set.copyOf(all);
        }

        Row andThen(Runnable next) {
            return new Row(kind, hold, arguments, handler, readsFolders, Optional.of(next));
        }

        Row readingFolders() {
            return new Row(kind, hold, arguments, handler, true, afterwards);
        }

        static Row query(Handler handler, String... arguments) {
            return new Row(Kind.QUERY, Hold.UNTIL_DONE, Set.of(arguments), handler, false, Optional.empty());
        }

        static Row told(Kind kind, Handler handler, String... arguments) {
            return new Row(kind, Hold.UNTIL_TOLD, Set.of(arguments), handler, false, Optional.empty());
        }

        static Row done(Kind kind, Handler handler, String... arguments) {
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

    Row find(Address address) throws Refusal {
        boolean toService = address.service().isPresent();
        Row row = (toService ? service : device).get(template(address.name()));
        if (row != null) return row;
        throw new Refusal(ErrorCode.UNKNOWN_COMMAND, unknown(address.name(), toService));
    }

    /** The name as it stands in the table: the part that a user chooses is one place there. */
    private static String template(String name) {
        return name.startsWith(CallCommand.PREFIX) ? CallCommand.PREFIX + "{name}" : name;
    }

    private String unknown(String name, boolean toService) {
        Collection<String> known = (toService ? service : device).keySet();
        Collection<String> other = (toService ? device : service).keySet();
        String kind = toService ? "service" : "device";
        String what = "there is no " + kind + " command " + PayloadCodec.shown(name);
        if (other.contains(name)) {
            return what + "; it is one of the " + (toService ? "device" : "services: …/svc/{service}/cmd/" + name);
        }
        String hint = Spelling.hint(name, known);
        return what + (hint.isEmpty() ? "; there are " + String.join(", ", known) : hint);
    }
}
