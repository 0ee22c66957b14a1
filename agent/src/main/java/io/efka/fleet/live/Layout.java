package io.efka.fleet.live;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How wide each column is on a screen. */
final class Layout {
    /** Beyond this, two blanks between columns are easier to read than one. */
    private static final int ROOMY = 100;

    private final int[] widths;
    private final int gap;

    /**
     * @param wanted how wide the columns' texts are
     * @param width of the screen
     */
    Layout(List<Column> columns, int[] wanted, int width) {
        gap = width >= ROOMY ? 2 : 1;
        widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            Column column = columns.get(i);
            widths[i] = column.isRight() ? column.most() : Math.min(column.most(), wanted[i]);
        }
        shrink(columns, width);
        leaveOut(columns, wanted, width);
        int first = 0;
        // Nothing can be left out any more: the first columns are cut.
        while (used() > width && first < widths.length) {
            widths[first] = Math.max(0, widths[first] - (used() - width));
            first++;
        }
    }

    private int used() {
        int used = 0;
        for (int width : widths) if (width > 0) used += width + gap;
        return Math.max(0, used - gap);
    }

    /** The widest first, one character at a time, so that all lose alike. */
    private void shrink(List<Column> columns, int width) {
        while (used() > width) {
            int widest = IntStream.range(0, widths.length)
                    .filter(i -> widths[i] > columns.get(i).least())
                    .boxed()
                    .max(Comparator.comparingInt(i -> widths[i]))
                    .orElse(-1);
            if (widest < 0) return;
            widths[widest]--;
        }
    }

    /** Leaves out columns until the rest fits, and gives that the room which is left. */
    private void leaveOut(List<Column> columns, int[] wanted, int width) {
        while (used() > width) {
            int least = IntStream.range(0, widths.length)
                    .filter(i -> widths[i] > 0 && columns.get(i).rank() > 0)
                    .boxed()
                    .max(Comparator.comparingInt(i -> columns.get(i).rank()))
                    .orElse(-1);
            if (least < 0) return;
            widths[least] = 0;
        }
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] == 0) continue;
            int more = Math.min(columns.get(i).most(), wanted[i]) - widths[i];
            widths[i] += Math.max(0, Math.min(more, width - used()));
        }
    }

    /** 0: the column is left out. */
    int width(int column) {
        return widths[column];
    }

    /** Blanks between two columns. */
    int gap() {
        return gap;
    }
}
