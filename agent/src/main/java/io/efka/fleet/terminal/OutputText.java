package io.efka.fleet.terminal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program's own output as a terminal may show it: its colours are its own, anything else that is no text is shown. */
public final class OutputText {
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]{0,32}m");
    private static final String USUAL = "\u001b[0m";

    private OutputText() {}

    /** One line. If it has colours, the usual one comes back at its end. */
    public static String safe(String line) {
        // A carriage return at the end is half a line end.
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (text.indexOf('\u001b') < 0) return tabs(text);
        var shown = new StringBuilder();
        Matcher colour = COLOUR.matcher(text);
        int from = 0;
        while (colour.find()) {
            shown.append(tabs(text.substring(from, colour.start()))).append(colour.group());
            from = colour.end();
        }
        shown.append(tabs(text.substring(from)));
        return from > 0 ? shown.append(USUAL).toString() : shown.toString();
    }

    /** A tab does no harm. */
    private static String tabs(String rest) {
        var shown = new StringBuilder();
        int from = 0;
        for (int tab = rest.indexOf('\t'); tab >= 0; tab = rest.indexOf('\t', from)) {
            shown.append(Printable.line(rest.substring(from, tab))).append('\t');
            from = tab + 1;
        }
        return shown.append(Printable.line(rest.substring(from))).toString();
    }
}
