package io.efka.fleet.live;

import io.efka.fleet.terminal.Style;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Rows that come, change and go, and the part of them that a screen shows: sorted, filtered, scrolled. Rows that are equal in
 * the order are in that of their keys, so nothing jumps about. Used by one thread.
 */
public final class LiveTable {
    private final List<Column> columns;
    private final Order order;
    private final int maxRows;

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<Row> shown = new ArrayList<>();
    private final int[] widths;

    private int sortColumn;
    private boolean isDescending;
    private Filter filter = Filter.NONE;
    private boolean isOutOfOrder;
    private boolean isOutOfDate;

    private int top;
    private int page = 1;
    private boolean isFollowing;
    private boolean isPaused;

    /** What is to become of rows after the pause; empty: they go. */
    private final Map<String, Optional<List<Cell>>> waiting = new LinkedHashMap<>();

    /** How a table is read. */
    public enum Order {
        /** By any column; it begins at the top. */
        ANY,
        /** Only by the first one, which has the time; new rows come at the end, which is shown. */
        TIME
    }

    private static final class Row {
        private final String key;
        private List<Cell> cells;
        private boolean isMatch;

        Row(String key, List<Cell> cells) {
            this.key = key;
            this.cells = cells;
        }
    }

    /** @param maxRows the oldest row goes when there are more */
    public LiveTable(List<Column> columns, Order order, int maxRows) {
        this.columns = List.copyOf(columns);
        this.order = order;
        this.maxRows = maxRows;
        this.isFollowing = order == Order.TIME;
        this.widths = new int[columns.size()];
    }

    /** Adds a row, or changes it; shown when the table is not paused any more. */
    public void put(String key, List<Cell> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("a row has " + columns.size() + " cells, was " + cells.size());
        }
        if (isPaused) wait(key, Optional.of(cells));
        else apply(key, cells);
    }

    /** Removes a row, if it is there. */
    public void remove(String key) {
        if (isPaused) wait(key, Optional.empty());
        else apply(key);
    }

    /** The newest change of a row is what counts, and of the oldest rows nothing if there are too many. */
    private void wait(String key, Optional<List<Cell>> change) {
        waiting.remove(key);
        waiting.put(key, change);
        if (waiting.size() > maxRows) waiting.remove(waiting.keySet().iterator().next());
    }

    /** While paused, rows stay as they are. What comes meanwhile is shown afterwards. */
    public void setPaused(boolean is) {
        isPaused = is;
        if (is) return;
        waiting.forEach((key, cells) -> cells.ifPresentOrElse(all -> apply(key, all), () -> apply(key)));
        waiting.clear();
    }

    private void apply(String key, List<Cell> cells) {
        for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], width(i, cells.get(i)));
        Row row = rows.get(key);
        boolean wasShown = row != null && row.isMatch;
        if (row == null) {
            row = new Row(key, cells);
            rows.put(key, row);
        }
        row.cells = List.copyOf(cells);
        row.isMatch = matches(row);
        isOutOfOrder |= row.isMatch;
        if (row.isMatch && !wasShown) shown.add(row);
        if (!row.isMatch && wasShown) isOutOfDate = true;
        if (rows.size() > maxRows) removeOldest();
    }

    private int width(int column, Cell cell) {
        // Measuring is not for nothing: what is wider than the column anyway is not measured.
        int most = columns.get(column).most();
        if (cell.since().isPresent() || widths[column] >= most) return most;
        return Math.min(most, TextWidth.of(cell.text()));
    }

    private void removeOldest() {
        Iterator<Row> oldest = rows.values().iterator();
        Row gone = oldest.next();
        oldest.remove();
        forget(gone);
    }

    private void apply(String key) {
        Row gone = rows.remove(key);
        if (gone != null) forget(gone);
    }

    private void forget(Row gone) {
        if (!gone.isMatch) return;
        gone.isMatch = false;
        isOutOfDate = true;
        // Who reads earlier rows goes on reading them.
        if (order == Order.TIME && !isDescending && !isFollowing) top = Math.max(0, top - 1);
    }

    private boolean matches(Row row) {
        return filter.matches(() -> text(row));
    }

    /** What a filter looks into. */
    private String text(Row row) {
        var text = new StringBuilder(order == Order.ANY ? row.key : "");
        for (Cell cell : row.cells) text.append(' ').append(cell.text());
        return text.toString();
    }

    /** Sorts by the column that is so many further to the right; by the largest first where that is of most interest. */
    public void sortNext(int steps) {
        if (order == Order.ANY) sortBy(Math.floorMod(sortColumn + steps, columns.size()));
    }

    /** @param column the first is 0 */
    public void sortBy(int column) {
        sortColumn = column;
        isDescending = columns.get(column).isLargestFirst();
        isOutOfOrder = true;
    }

    /** Turns the order round. */
    public void reverse() {
        isDescending = !isDescending;
        isOutOfOrder = true;
    }

    /** @throws IllegalArgumentException saying why this is no filter; that before stays */
    public void filter(String text) {
        filter = Filter.parse(text);
        for (Row row : rows.values()) row.isMatch = matches(row);
        isOutOfDate = true;
    }

    /** @param lines negative: upwards */
    public void scroll(int lines) {
        refresh();
        int end = Math.max(0, shown.size() - page);
        top = Math.max(0, Math.min(end, (isFollowing ? end : top) + lines));
        isFollowing = order == Order.TIME && lines > 0 && top == end;
    }

    /** @param pages negative: upwards */
    public void scrollPages(int pages) {
        scroll(pages * Math.max(1, page - 1));
    }

    public void scrollToStart() {
        top = 0;
        isFollowing = false;
    }

    /** The last row is shown, and stays so when others come. */
    public void scrollToEnd() {
        isFollowing = true;
    }

    private void refresh() {
        if (isOutOfDate) {
            shown.clear();
            rows.values().stream().filter(row -> row.isMatch).forEach(shown::add);
            isOutOfOrder = true;
        }
        isOutOfDate = false;
        if (isOutOfOrder) shown.sort(comparator());
        isOutOfOrder = false;
    }

    private Comparator<Row> comparator() {
        int by = sortColumn;
        int sign = isDescending ? -1 : 1;
        boolean isKeyTurned = isDescending && order == Order.TIME;
        return (one, other) -> {
            int way = compare(one.cells.get(by), other.cells.get(by), sign);
            if (way != 0) return way;
            return isKeyTurned ? other.key.compareTo(one.key) : one.key.compareTo(other.key);
        };
    }

    /** What is not known is last in either direction. */
    private static int compare(Cell one, Cell other, int sign) {
        if (one.isEmpty() || other.isEmpty()) return Boolean.compare(one.isEmpty(), other.isEmpty());
        OptionalDouble first = one.value();
        OptionalDouble second = other.value();
        if (first.isPresent() && second.isPresent()) {
            return sign * Double.compare(first.getAsDouble(), second.getAsDouble());
        }
        if (first.isPresent() || second.isPresent()) return Boolean.compare(second.isPresent(), first.isPresent());
        return sign * one.text().compareTo(other.text());
    }

    /**
     * The columns' titles and the rows that fit below them.
     *
     * @param height how many lines there are; the last may be empty
     */
    List<String> lines(int width, int height, Instant now, boolean isColoured) {
        page = Math.max(1, height - 1);
        refresh();
        int end = Math.max(0, shown.size() - page);
        top = isFollowing ? end : Math.min(top, end);
        var layout = new Layout(columns, wanted(), width);
        var lines = new ArrayList<String>();
        lines.add(head(layout, width, isColoured));
        for (int i = top; i < Math.min(shown.size(), top + height - 1); i++) {
            lines.add(line(shown.get(i), layout, now, isColoured));
        }
        while (lines.size() < height) lines.add("");
        return lines;
    }

    /** How wide the columns would be if there was room for all. */
    private int[] wanted() {
        int[] wanted = widths.clone();
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = Math.max(wanted[i], title(i).length());
        }
        return wanted;
    }

    /** With an arrow at the column by which the rows are sorted. */
    private String title(int column) {
        String arrow = column != sortColumn ? "" : isDescending ? "↓" : "↑";
        return columns.get(column).title() + arrow;
    }

    private String head(Layout layout, int width, boolean isColoured) {
        var head = new LineBuilder(layout, columns);
        for (int i = 0; i < columns.size(); i++) head.add(i, title(i), Style.PLAIN, false);
        String text = head.toString();
        String whole = text + " ".repeat(Math.max(0, width - TextWidth.of(text)));
        return isColoured ? Style.REVERSE.paint(whole) : text;
    }

    private String line(Row row, Layout layout, Instant now, boolean isColoured) {
        var line = new LineBuilder(layout, columns);
        for (int i = 0; i < columns.size(); i++) {
            Cell cell = row.cells.get(i);
            line.add(i, cell.shown(now), cell.style(), isColoured);
        }
        return line.toString();
    }

    /** All rows that are shown, in their order. */
    public List<List<Cell>> rows() {
        refresh();
        return shown.stream().map(row -> row.cells).toList();
    }

    /** Where the screen is in the table: {@code 1-20 of 300}. */
    String position() {
        refresh();
        if (shown.isEmpty()) return rows.isEmpty() ? "nothing yet" : "none of " + rows.size();
        String all = shown.size() == rows.size() ? "" + rows.size() : shown.size() + " (all: " + rows.size() + ")";
        return (top + 1) + "-" + Math.min(shown.size(), top + page) + " of " + all;
    }

    String filterText() {
        return filter.text();
    }

    /** The title of the column by which the rows are sorted. */
    String sortTitle() {
        return columns.get(sortColumn).title();
    }

    boolean isFollowing() {
        return isFollowing;
    }

    Order order() {
        return order;
    }

    int maxRows() {
        return maxRows;
    }

    int size() {
        return rows.size();
    }
}
