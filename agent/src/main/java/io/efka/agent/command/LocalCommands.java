package io.efka.agent.command;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.command.CommandTable.Next;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Runs commands that the agent itself issues as an operator's are run: in the queue of their service, and written to the audit.
 * They are not in the ledger, and nobody gets a reply: whoever issues one remembers it. Thread-safe; never blocks.
 */
public final class LocalCommands {
    private final CommandTable table;
    private final CommandContext context;
    private final KeyedSerialExecutor queues;

    /** @param queues those of the router */
    public LocalCommands(CommandTable table, CommandContext context, KeyedSerialExecutor queues) {
        this.table = table;
        this.context = context;
        this.queues = queues;
    }

    /** The arguments that a command to a service understands, without those that are common to all commands. */
    public Set<String> arguments(String command) {
        var arguments = new HashSet<String>(spec(command, true).arguments());
        arguments.removeAll(CommandDecoder.COMMON);
        return Set.copyOf(arguments);
    }

    /**
     * Runs a command when its turn comes.
     *
     * @param service empty: to the device
     * @param id of the command, as an operator's has it
     * @param waits whether the result comes at the end; otherwise when the command was accepted
     * @return always completes with a result, also after a bug
     */
    public CompletableFuture<CommandResult> run(
            Optional<ServiceId> service, String name, JsonObject arguments, String id, boolean waits) {
        var nobody = new ReplyTo(context.topics().device("reply"), Optional.empty(), Optional.empty());
        var header = new Command.Header(
                Optional.of(id),
                service.map(ServiceId::value),
                name,
                "",
                nobody,
                context.timers().now());
        var command =
                new Command(header, service, CommandArguments.of(arguments), waits, Duration.ZERO, Optional.empty());
        var result = new CompletableFuture<CommandResult>();
        var work = new LocalWork(command, spec(name, service.isPresent()), result);
        KeyedSerialExecutor.Key queue = service.map(KeyedSerialExecutor.Key::of).orElse(KeyedSerialExecutor.Key.DEVICE);
        queues.reserveUnbounded(queue, work).ready();
        return result;
    }

    private CommandSpec spec(String name, boolean isToService) {
        return table.find(name, isToService)
                .orElseThrow(() -> new IllegalStateException("there is no command " + name));
    }

    private final class LocalWork implements KeyedSerialExecutor.Work {
        private final Command command;
        private final CommandSpec spec;
        private final CompletableFuture<CommandResult> result;

        LocalWork(Command command, CommandSpec spec, CompletableFuture<CommandResult> result) {
            this.command = command;
            this.spec = spec;
            this.result = result;
        }

        @Override
        public boolean readsFolders() {
            return spec.readsFolders();
        }

        @Override
        public void run(Runnable release) {
            CompletableFuture<CommandResult> begun = begin();
            if (spec.next() == Next.AFTER_DISPATCH) release.run();
            begun.whenComplete(FatalErrors.top((done, problem) -> {
                try {
                    conclude(problem == null ? done : failure(problem));
                } finally {
                    release.run();
                }
            }));
        }

        private CompletableFuture<CommandResult> begin() {
            try {
                return spec.handler().handle(command);
            } catch (CommandException refusal) {
                return CompletableFuture.completedFuture(CommandResult.refused(refusal));
            } catch (RuntimeException bug) { // whatever a handler throws, whoever issued the command gets a result
                return CompletableFuture.failedFuture(bug);
            }
        }

        private void conclude(CommandResult done) {
            context.audit(command, spec, done);
            result.complete(done);
        }

        private CommandResult failure(Throwable bug) {
            FatalErrors.thrown("command " + command.name(), bug);
            return CommandResult.failed(
                    ErrorCode.INTERNAL, "the agent failed at " + command.name() + "; its log says more");
        }
    }
}
