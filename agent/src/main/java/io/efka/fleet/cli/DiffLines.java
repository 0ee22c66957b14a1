package io.efka.fleet.cli;

import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Terminal;

/** How lines of a comparison look. */
final class DiffLines {
    private DiffLines() {}

    static Style style(char sign) {
        return switch (sign) {
            case '+' -> Style.GOOD;
            case '-', '!' -> Style.BAD;
            case '~' -> Style.WARN;
            default -> Style.PLAIN;
        };
    }

    static void print(Terminal terminal, String line, Style style) {
        String text = Printable.line(line);
        terminal.out().println(terminal.hasColours() ? style.paint(text) : text);
    }
}
