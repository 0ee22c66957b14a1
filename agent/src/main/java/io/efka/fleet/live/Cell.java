package io.efka.fleet.live;

import io.efka.fleet.terminal.Age;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is at one place of a live table.
 *
 * @param text made {@linkplain Printable printable}; only the beginning of a very long one is kept
 * @param value by what it is sorted; empty: by its text
 * @param since what is shown is the age of this time; empty: the text
 */
public record Cell(String text, Style style, OptionalDouble value, Optional<Instant> since) {
    /** Without anything: the last in every order. */
    public static final Cell EMPTY = text("", Style.PLAIN);

    /** More than any screen shows; many rows of what devices say must not fill the memory. */
    private static final int MAX_TEXT = 1_000;

    public Cell {
        text = Printable.line(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
    }

    public static Cell text(String text, Style style) {
        return new Cell(text, style, OptionalDouble.empty(), Optional.empty());
    }

    /** A text that stands for a number. */
    public static Cell number(double value, String text, Style style) {
        return new Cell(text, style, OptionalDouble.of(value), Optional.empty());
    }

    public static Cell number(long value) {
        return number(value, Long.toString(value), Style.PLAIN);
    }

    /** For how long something has been so; goes on by itself. */
    public static Cell since(Optional<Instant> when) {
        return when.map(at -> new Cell("", Style.PLAIN, OptionalDouble.of(-at.toEpochMilli()), when))
                .orElse(EMPTY);
    }

    /** With one digit behind the point: {@code 12.3}. */
    public static Cell decimal(double value, Style style) {
        return number(value, String.format(Locale.ROOT, "%.1f", value), style);
    }

    /** What is to be read. */
    public String shown(Instant now) {
        return since.isPresent() ? Age.of(since, now) : text;
    }

    boolean isEmpty() {
        return text.isEmpty() && since.isEmpty() && value.isEmpty();
    }
}
