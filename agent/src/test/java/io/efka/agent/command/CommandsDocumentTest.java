package io.efka.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.docs.Markdown;
import io.efka.protocol.CommandException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds what {@code agent/docs/protocol.md} says of commands against the table of commands. */
final class CommandsDocumentTest {
    private static final String HEAD = "| command | arguments | what | after a crash |";
    private final CommandTable table = new CommandFixture().table;

    @Test
    void everyCommandOfTheDeviceIsInTheProtocolDocument() throws CommandException {
        List<List<String>> rows =
                Markdown.protocol().section("## Commands of the device").table(HEAD);
        assertThat(Markdown.first(rows)).containsExactlyInAnyOrderElementsOf(table.deviceCommands());
        for (List<String> row : rows) describes(row, Optional.empty());
    }

    @Test
    void everyCommandOfAServiceIsInTheProtocolDocument() throws CommandException {
        List<List<String>> rows =
                Markdown.protocol().section("## Commands of a service").table(HEAD);
        assertThat(Markdown.first(rows)).containsExactlyInAnyOrderElementsOf(table.serviceCommands());
        for (List<String> row : rows) describes(row, Optional.of("camera"));
    }

    private void describes(List<String> row, Optional<String> service) throws CommandException {
        var to = new ReplyTo("unused", Optional.empty(), Optional.empty());
        CommandTable.CommandSpec command =
                table.find(new Command.Header(Optional.empty(), service, row.get(0), "unused", to, Instant.EPOCH));
        var arguments = new HashSet<>(command.arguments());
        arguments.removeAll(CommandDecoder.COMMON);
        Set<String> documented = row.get(1).isEmpty()
                ? Set.of()
                : Set.copyOf(Arrays.asList(row.get(1).split(", ")));
        assertThat(documented).as("arguments of %s", row.get(0)).isEqualTo(arguments);
        assertThat(row.get(3)).as("%s after a crash", row.get(0)).isEqualTo(afterACrash(command.kind()));
    }

    private static String afterACrash(CommandTable.Kind kind) {
        return switch (kind) {
            case QUERY -> "answered anew";
            case IDEMPOTENT -> "finished";
            case NON_IDEMPOTENT -> "interrupted";
        };
    }
}
