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
        if (line.indexOf('\u001b') < 0) return tabs(line);
        var shown = new StringBuilder();
        Matcher colour = COLOUR.matcher(line);
        int from = 0;
        while (colour.find()) {
            shown.append(tabs(line.substring(from, colour.start()))).append(colour.group());
            from = colour.end();
        }
        shown.append(tabs(line.substring(from)));
        return from > 0 ? shown.append(USUAL).toString() : shown.toString();
    }

    /** A tab does no harm, and a carriage return at the end is half a line end. */
    private static String tabs(String text) {
        String rest = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        var shown = new StringBuilder();
        int from = 0;
        for (int tab = rest.indexOf('\t'); tab >= 0; tab = rest.indexOf('\t', from)) {
            shown.append(Printable.line(rest.substring(from, tab))).append('\t');
            from = tab + 1;
        }
        return shown.append(Printable.line(rest.substring(from))).toString();
    }
}
