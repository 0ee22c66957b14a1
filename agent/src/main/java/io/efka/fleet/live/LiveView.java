package io.efka.fleet.live;

import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole screen: a line that sums up, a table or one of several, and a line for what can be done. Knows what each key does.
 * Used by one thread.
 */
public final class LiveView {
    private static final String GAP = "  ";
    private static final int MAX_FILTER = 200;

    private final String name;
    private final List<Tab> tabs;
    private final InstantSource clock;
    private final boolean isColoured;

    private List<Cell> summary = List.of();
    private Optional<String> alert = Optional.empty();
    private String message = "";

    private int tab;
    private Mode mode = Mode.TABLE;
    private String typed = "";
    private String mistake = "";
    private Optional<Instant> pausedAt = Optional.empty();
    private boolean isQuit;

    /** One of several tables. */
    public record Tab(String name, LiveTable table) {}

    private enum Mode {
        TABLE,
        FILTER,
        HELP
    }

    /** @param name of the command, for its help */
    public LiveView(String name, List<Tab> tabs, InstantSource clock, boolean isColoured) {
        this.name = name;
        this.tabs = List.copyOf(tabs);
        this.clock = clock;
        this.isColoured = isColoured;
    }

    /** What the first line says. */
    public void summarize(List<Cell> parts) {
        summary = List.copyOf(parts);
    }

    /**
     * Something is wrong, and is said in the place of the summary until it is over.
     *
     * @return whether that is something new
     */
    public boolean alert(Optional<String> what) {
        Optional<String> before = alert;
        alert = what.map(Printable::line);
        return !alert.equals(before);
    }

    /** Something to know, which stays until the next key. */
    public void say(String line) {
        message = Printable.line(line);
    }

    /** Whether the operator has asked for the end. */
    public boolean isQuit() {
        return isQuit;
    }

    public boolean isPaused() {
        return pausedAt.isPresent();
    }

    private LiveTable table() {
        return tabs.get(tab).table();
    }

    /** Does what a key is for. */
    public void press(Key key) {
        message = "";
        switch (mode) {
            case TABLE -> inTable(key);
            case FILTER -> inFilter(key);
            case HELP -> {
                mode = Mode.TABLE;
                if (key.character() == 'q') isQuit = true;
            }
        }
    }

    private void inTable(Key key) {
        LiveTable table = table();
        switch (key.kind()) {
            case UP -> table.scroll(-1);
            case DOWN -> table.scroll(1);
            case PAGE_UP -> table.scrollPages(-1);
            case PAGE_DOWN -> table.scrollPages(1);
            case HOME -> table.scrollToStart();
            case END -> table.scrollToEnd();
            case LEFT -> table.sortNext(-1);
            case RIGHT -> table.sortNext(1);
            case TAB -> tab = (tab + 1) % tabs.size();
            case ESCAPE -> setFilter("");
            case CHARACTER -> character(key.character());
            default -> {}
        }
    }

    private void character(int character) {
        switch (character) {
            case 'q', 'Q' -> isQuit = true;
            case 'h', '?' -> mode = Mode.HELP;
            case 'p', ' ' -> setPaused(!isPaused());
            case 's', '>' -> table().sortNext(1);
            case '<' -> table().sortNext(-1);
            case 'r' -> table().reverse();
            case 'd' -> tab = (tab + 1) % tabs.size();
            case 'k' -> table().scroll(-1);
            case 'j' -> table().scroll(1);
            case 'g' -> table().scrollToStart();
            case 'G' -> table().scrollToEnd();
            case '/' -> {
                mode = Mode.FILTER;
                typed = table().filterText();
                mistake = "";
            }
            default -> {}
        }
    }

    private void setPaused(boolean is) {
        pausedAt = is ? Optional.of(clock.instant()) : Optional.empty();
        tabs.forEach(one -> one.table().setPaused(is));
    }

    /** What is typed takes effect at once, if it can. */
    private void inFilter(Key key) {
        switch (key.kind()) {
            case ENTER -> mode = mistake.isEmpty() ? Mode.TABLE : Mode.FILTER;
            case ESCAPE -> {
                setFilter("");
                mode = Mode.TABLE;
            }
            case BACKSPACE ->
                setFilter(typed.substring(0, typed.offsetByCodePoints(typed.length(), typed.isEmpty() ? 0 : -1)));
            case CLEAR -> setFilter("");
            case UP -> table().scroll(-1);
            case DOWN -> table().scroll(1);
            case PAGE_UP -> table().scrollPages(-1);
            case PAGE_DOWN -> table().scrollPages(1);
            case CHARACTER -> {
                if (typed.length() < MAX_FILTER) setFilter(typed + Character.toString(key.character()));
            }
            default -> {}
        }
    }

    private void setFilter(String text) {
        typed = text;
        try {
            table().filter(text);
            mistake = "";
        } catch (IllegalArgumentException e) {
            mistake = String.valueOf(e.getMessage());
        }
    }

    /** Exactly as many lines as the screen has, none of them wider than it. */
    public List<String> lines(ScreenSize size) {
        int width = size.columns();
        int height = size.rows();
        if (mode == Mode.HELP) return help(width, height);
        var lines = new ArrayList<String>();
        boolean hasSummary = height > 3;
        boolean hasFooter = height > 2;
        if (hasSummary) lines.add(summary(width));
        int rest = height - (hasSummary ? 1 : 0) - (hasFooter ? 1 : 0);
        lines.addAll(table().lines(width, rest, pausedAt.orElseGet(clock::instant), isColoured));
        if (hasFooter) lines.add(footer(width));
        return lines;
    }

    private String summary(int width) {
        if (alert.isPresent()) return paint(Style.BAD, TextWidth.fit(alert.get(), width));
        var line = new StringBuilder();
        int left = width;
        for (Cell part : summary) {
            String gap = line.length() == 0 ? "" : GAP;
            int needed = gap.length() + TextWidth.of(part.text());
            // Half a part says nothing, but for the first one.
            if (line.length() > 0 && needed > left) break;
            line.append(gap).append(paint(part.style(), TextWidth.fit(part.text(), left)));
            left -= needed;
        }
        return line.toString();
    }

    private String footer(int width) {
        if (mode == Mode.FILTER) return prompt(width);
        if (!message.isEmpty()) return paint(Style.WARN, TextWidth.fit(message, width));
        LiveTable table = table();
        var parts = new ArrayList<String>();
        if (isPaused()) parts.add("PAUSED");
        parts.add(table.position());
        if (!table.filterText().isEmpty()) parts.add("filter \"" + Printable.line(table.filterText()) + "\"");
        if (table.order() == LiveTable.Order.ANY) parts.add("by " + table.sortTitle());
        else if (table.size() >= table.maxRows()) parts.add("older ones are gone");
        String state = String.join(GAP, parts);
        String keys = tabs.size() > 1
                ? "/ filter  s sort  d " + tabs.get((tab + 1) % tabs.size()).name() + "  h help  q quit"
                : "/ filter  h help  q quit";
        String line = ends(state, keys, width)
                .or(() -> ends(state, "h help  q quit", width))
                .or(() -> ends(state, "h help", width))
                .orElseGet(() -> TextWidth.fit(state, width));
        return paint(isPaused() ? Style.WARN : Style.DIM, line);
    }

    /** One text at the left end and one at the right; empty if there is no room for both. */
    private static Optional<String> ends(String left, String right, int width) {
        int blanks = width - TextWidth.of(left) - TextWidth.of(right);
        return blanks < GAP.length() ? Optional.empty() : Optional.of(left + " ".repeat(blanks) + right);
    }

    private String prompt(int width) {
        String shown = "/" + Printable.line(typed);
        String line = TextWidth.fit(shown + "_" + (mistake.isEmpty() ? "" : GAP + mistake), width);
        return paint(mistake.isEmpty() ? Style.BOLD : Style.BAD, line);
    }

    private List<String> help(int width, int height) {
        var lines = new ArrayList<String>();
        lines.add(paint(Style.BOLD, TextWidth.fit("efka " + name, width)));
        boolean isTime = table().order() == LiveTable.Order.TIME;
        for (String line : HelpScreen.lines(isTime, tabs.size() > 1, table().maxRows())) {
            lines.add(TextWidth.fit(line, width));
        }
        while (lines.size() < height) lines.add("");
        return List.copyOf(lines.subList(0, height));
    }

    private String paint(Style style, String text) {
        return isColoured ? style.paint(text) : text;
    }
}
