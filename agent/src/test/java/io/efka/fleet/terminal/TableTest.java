package io.efka.fleet.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.terminal.Table.Cell;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table = new Table("NAME", "STATE", "WHY");

    private String printed(boolean isColoured) {
        var text = new StringWriter();
        var to = new PrintWriter(text);
        table.print(to, isColoured);
        to.flush();
        return text.toString();
    }

    @Test
    void columnsAreAsWideAsTheyMustBeAndLinesEndWithTheirLastText() {
        table.add(Cell.of("gate7"), Cell.of("online"), Cell.of(""));
        table.add(Cell.of("gate7/camera"), Cell.of(""), Cell.of("held"));

        assertThat(printed(false)).isEqualTo("""
                NAME          STATE   WHY
                gate7         online
                gate7/camera          held
                """);
    }

    @Test
    void moreRowsFollowWithoutTheHeadsInTheSameColumns() {
        table.add(Cell.of("gate7/camera"), Cell.of("running"), Cell.of(""));
        printed(false);
        table.add(Cell.of("gate7"), Cell.of("online"), Cell.of("x"));

        assertThat(printed(false)).isEqualTo("gate7         online   x\n");
    }

    @Test
    void coloursDoNotCount() {
        table.add(Cell.of("a"), new Cell("running", Style.GOOD), Cell.of("x"));

        assertThat(printed(true)).contains("a     \u001b[32mrunning\u001b[0m  x\n");
    }

    @Test
    void whatCellsHaveIsNotObeyed() {
        table.add(Cell.of("a"), Cell.of("b\u001b[2J\n"), Cell.of("c"));

        assertThat(printed(false)).contains("b\\x1b[2J\\n  c");
    }

    @Test
    void aRowHasACellForEachColumn() {
        Cell one = Cell.of("a");

        assertThatThrownBy(() -> table.add(one)).hasMessage("a row has 3 cells, was 1");
    }
}
