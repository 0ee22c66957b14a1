package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.rollout.Rollouts;
import io.efka.fleet.rollout.Rollouts.Row;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.terminal.Age;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.terminal.Table.Cell;
import io.efka.threads.ExitCode;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code efka rollout ls}. */
@Command(name = "ls")
final class RolloutListCommand extends RolloutCommand {
    RolloutListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows("Lists the rollouts of all groups, also those that are over.", "efka rollout ls")
                .notes("Exit code 0: listed; 3: there is none; 69: no broker; 77: the broker refuses it.");
    }

    @Override
    ExitCode run(Rollouts rollouts) throws FleetException, InterruptedException {
        List<Row> rows = rollouts.list(group());
        if (rows.isEmpty()) terminal().say("there is no rollout");
        else if (isJson) rows.forEach(row -> terminal().json(json(row)));
        else table(rows).print(terminal().out(), terminal().hasColours());
        return rows.isEmpty() ? ExitCode.NOTHING_MATCHED : ExitCode.OK;
    }

    private Table table(List<Row> rows) {
        var table = new Table("NAME", "GROUP", "STATE", "STEP", "DEVICES", "BY", "FOR");
        Instant now = surroundings().wall().instant();
        for (Row row : rows) {
            table.add(
                    new Cell(row.name(), Style.BOLD),
                    Cell.of(row.group()),
                    new Cell(row.state(), style(row.state())),
                    Cell.of(row.step()),
                    Cell.of(row.counts()),
                    Cell.of(row.by()),
                    Cell.of(Age.of(row.at(), now)));
        }
        return table;
    }

    private static Style style(String state) {
        return switch (state) {
            case "succeeded" -> Style.GOOD;
            case "running" -> Style.PLAIN;
            default -> Style.WARN;
        };
    }

    private static JsonObject json(Row row) {
        var line = new JsonObject();
        line.addProperty("name", row.name());
        line.addProperty("group", row.group());
        line.addProperty("state", row.state());
        line.addProperty("step", row.step());
        line.addProperty("devices", row.counts());
        line.addProperty("by", row.by());
        row.at().ifPresent(at -> line.addProperty("at", at.toString()));
        return line;
    }
}
