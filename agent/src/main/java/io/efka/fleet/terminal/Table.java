package io.efka.fleet.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns that are as wide as they must be. What a cell has is made {@linkplain Printable printable}. */
public final class Table {
    private static final String GAP = "  ";

    private final List<String> heads;
    private final List<List<Cell>> rows = new ArrayList<>();
    private final int[] widths;
    private boolean isBegun;

    /** A text and how it looks. */
    public record Cell(String text, Style style) {
        public Cell {
            text = Printable.line(text);
        }

        public static Cell of(String text) {
            return new Cell(text, Style.PLAIN);
        }
    }

    public Table(String... heads) {
        this.heads = List.of(heads);
        this.widths = this.heads.stream().mapToInt(String::length).toArray();
    }

    /** Adds a row with a cell for each column. */
    public void add(Cell... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException("a row has " + heads.size() + " cells, was " + cells.length);
        }
        rows.add(List.of(cells));
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * Prints the rows that were added since the last time, and the heads the first time. The columns stay as wide as they were,
     * or become wider.
     */
    public void print(PrintWriter to, boolean isColoured) {
        for (int i = 0; i < widths.length; i++) widths[i] = width(i);
        if (!isBegun) {
            to.println(line(
                    heads.stream().map(head -> new Cell(head, Style.DIM)).toList(), widths, isColoured));
        }
        isBegun = true;
        for (List<Cell> row : rows) to.println(line(row, widths, isColoured));
        rows.clear();
    }

    private int width(int column) {
        int width = widths[column];
        for (List<Cell> row : rows)
            width = Math.max(width, row.get(column).text().length());
        return width;
    }

    private static String line(List<Cell> cells, int[] widths, boolean isColoured) {
        var line = new StringBuilder();
        int due = 0;
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            if (!cell.text().isEmpty()) {
                line.append(" ".repeat(due)).append(isColoured ? cell.style().paint(cell.text()) : cell.text());
                due = 0;
            }
            due += widths[i] - cell.text().length() + GAP.length();
        }
        return line.toString();
    }
}
