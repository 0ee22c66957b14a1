package io.efka.fleet.live;

import io.efka.fleet.terminal.Style;
import java.util.List;

/** One line of a table, cell by cell from the left. */
final class LineBuilder {
    private final StringBuilder line = new StringBuilder();
    private final Layout layout;
    private final List<Column> columns;

    /** Blanks that come before the next text, if there is one. */
    private int due;

    LineBuilder(Layout layout, List<Column> columns) {
        this.layout = layout;
        this.columns = columns;
    }

    /** Adds the text of a column, if that is shown. */
    void add(int column, String text, Style style, boolean isColoured) {
        int width = layout.width(column);
        if (width == 0) return;
        String fitting = TextWidth.fit(text, width);
        int rest = width - TextWidth.of(fitting);
        boolean isRight = columns.get(column).isRight();
        if (!fitting.isEmpty()) {
            line.append(" ".repeat(due + (isRight ? rest : 0)));
            line.append(isColoured ? style.paint(fitting) : fitting);
            due = 0;
        } else if (isRight) {
            due += rest;
        }
        due += (isRight ? 0 : rest) + layout.gap();
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
