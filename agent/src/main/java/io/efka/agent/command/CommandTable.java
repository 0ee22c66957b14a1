package io.efka.agent.command;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** All commands, by level and name. Immutable. */
public final class CommandTable {
    /** What precedes the name in the topic of a {@code call}. */
    public static final String CALL_PREFIX = "call/";

    private final Map<String, CommandSpec> device;
    private final Map<String, CommandSpec> service;

    public CommandTable(Map<String, CommandSpec> device, Map<String, CommandSpec> service) {
        this.device = new TreeMap<>(device);
        this.service = new TreeMap<>(service);
    }

    /** Whether a command changes something, and so what happens to it after a crash of the agent. */
    public enum Kind {
        /** Changes nothing. Not recorded in the ledger; a duplicate runs again. */
        QUERY,
        /** Has the same effect when it is run twice: run again after a crash. */
        IDEMPOTENT,
        /** Could do harm when it is run twice: answered {@code interrupted} after a crash. */
        NON_IDEMPOTENT
    }

    /** When the next command to the same service may begin. */
    public enum Next {
        /** As soon as the supervisor has the request: a stop interrupts a start that waits for readiness. */
        AFTER_DISPATCH,
        /**
         * When this one is done. A command that does not wait is answered when it is accepted; an event announces its
         * end.
         */
        AFTER_COMPLETION
    }

    /** Executes one command. Called on a thread of the pool, in the queue of the command's service; may block for the disk. */
    public interface Handler {

        /**
         * Begins a command.
         *
         * @return completes with the result when the command is done, or accepted if it does not wait
         * @throws CommandException if it is refused; then nothing was done
         */
        CompletableFuture<CommandResult> handle(Command command) throws CommandException;
    }

    /**
     * One command.
     *
     * @param arguments the keys it understands, besides {@link CommandDecoder#COMMON}
     * @param readsFolders whether it reads services' folders, which may be on a dead mount
     * @param passes for which arguments the next command may begin as soon as this one is dispatched, whatever {@code next} says:
     *     it waits for its turn by itself
     * @param makesRoom whether it frees space: on a full disk it is recorded in the store's reserve
     * @param afterwards run after the reply to a successful command was sent; must not block
     */
    public record CommandSpec(
            Kind kind,
            Next next,
            Set<String> arguments,
            Handler handler,
            boolean readsFolders,
            boolean makesRoom,
            Optional<Runnable> afterwards,
            Predicate<CommandArguments> passes) {
        public CommandSpec {
            var all = new HashSet<String>(arguments);
            all.addAll(CommandDecoder.COMMON);
            arguments = Set.copyOf(all);
        }

        public CommandSpec andThen(Runnable action) {
            return new CommandSpec(
                    kind, next, arguments, handler, readsFolders, makesRoom, Optional.of(action), passes);
        }

        public CommandSpec readingFolders() {
            return new CommandSpec(kind, next, arguments, handler, true, makesRoom, afterwards, passes);
        }

        public CommandSpec makingRoom() {
            return new CommandSpec(kind, next, arguments, handler, readsFolders, true, afterwards, passes);
        }

        public CommandSpec lettingPass(Predicate<CommandArguments> when) {
            return new CommandSpec(kind, next, arguments, handler, readsFolders, makesRoom, afterwards, when);
        }

        /** Whether the next command may begin before this one is done. */
        boolean isPassed(CommandArguments given) {
            return next == Next.AFTER_DISPATCH || passes.test(given);
        }

        public static CommandSpec query(Handler handler, String... arguments) {
            return new CommandSpec(
                    Kind.QUERY,
                    Next.AFTER_COMPLETION,
                    Set.of(arguments),
                    handler,
                    false,
                    false,
                    Optional.empty(),
                    given -> false);
        }

        public static CommandSpec afterDispatch(Kind kind, Handler handler, String... arguments) {
            return new CommandSpec(
                    kind,
                    Next.AFTER_DISPATCH,
                    Set.of(arguments),
                    handler,
                    false,
                    false,
                    Optional.empty(),
                    given -> false);
        }

        public static CommandSpec afterCompletion(Kind kind, Handler handler, String... arguments) {
            return new CommandSpec(
                    kind,
                    Next.AFTER_COMPLETION,
                    Set.of(arguments),
                    handler,
                    false,
                    false,
                    Optional.empty(),
                    given -> false);
        }
    }

    /** The names of all device commands. */
    public Set<String> deviceCommands() {
        return Set.copyOf(device.keySet());
    }

    /** The names of all service commands. */
    public Set<String> serviceCommands() {
        return Set.copyOf(service.keySet());
    }

    CommandSpec find(Command.Header header) throws CommandException {
        Optional<CommandSpec> spec = known(header);
        if (spec.isPresent()) return spec.get();
        throw new CommandException(
                ErrorCode.UNKNOWN_COMMAND,
                unknown(header.name(), header.service().isPresent()));
    }

    /** Empty: there is no such command. */
    Optional<CommandSpec> known(Command.Header header) {
        return find(header.name(), header.service().isPresent());
    }

    /** Empty: there is no such command. */
    Optional<CommandSpec> find(String name, boolean isToService) {
        return Optional.ofNullable((isToService ? service : device).get(template(name)));
    }

    /** The name as it is in the table, which has a placeholder for the part that a user chooses. */
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
