package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.events.EventQueries;
import io.efka.protocol.CommandException;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code events}: finds events in the device's journal, those of services that were removed among them. */
public final class EventsCommand {
    private final EventQueries journal;
    private final Timers timers;

    public EventsCommand(EventQueries journal, Timers timers) {
        this.journal = journal;
        this.timers = timers;
    }

    /** Of the device and all services, or of the one that is asked for. */
    CompletableFuture<CommandResult> ofDevice(Command command) throws CommandException {
        CommandArguments arguments = command.arguments();
        Optional<String> service = arguments.string("service");
        if (service.filter(name -> !Names.isLegal(name)).isPresent()) {
            throw arguments.wrong("service", "a service's id, 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -");
        }
        return find(arguments, service.map(ServiceId::new));
    }

    /** Of one service, installed or not. */
    CompletableFuture<CommandResult> ofService(Command command) throws CommandException {
        return find(command.arguments(), Optional.of(command.requiredService()));
    }

    private CompletableFuture<CommandResult> find(CommandArguments arguments, Optional<ServiceId> service)
            throws CommandException {
        SearchArguments.Range range = SearchArguments.range(arguments);
        var query = new EventQueries.Query(
                range.lines(),
                range.from(),
                range.to(),
                SearchArguments.time(arguments, timers.now()),
                arguments.string("match"),
                service,
                SearchArguments.maxBytes(arguments, EventQueries.SMALLEST_PAGE));
        return journal.find(query)
                .handle((page, problem) -> problem == null
                        ? answer(page)
                        : CommandResult.refused(SearchArguments.refusal(arguments, "the event journal", problem)));
    }

    private static CommandResult answer(EventQueries.Page page) {
        return new CommandResult.Done(ReplyFields.NONE
                .and("events", page.events().stream().map(ReplyFields::of).toList())
                .and("offset", page.offset())
                .and("next", page.next())
                .and("oldest", page.oldest())
                .and("unreadable", page.unreadable())
                .and("truncated", page.truncated()));
    }
}
