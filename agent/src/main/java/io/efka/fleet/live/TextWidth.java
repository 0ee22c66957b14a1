package io.efka.fleet.live;

import org.jline.utils.WCWidth;

/** How many columns of a terminal a text takes: two for most characters of East Asia, none for a combining one. */
final class TextWidth {
    private static final String MORE = "…";

    private TextWidth() {}

    static int of(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            char first = text.charAt(i);
            if (first >= ' ' && first < 0x7f) {
                width++;
                i++;
            } else {
                int point = text.codePointAt(i);
                width += of(point);
                i += Character.charCount(point);
            }
        }
        return width;
    }

    /** Not negative: what a terminal cannot show takes no room. */
    private static int of(int point) {
        return Math.max(0, WCWidth.wcwidth(point));
    }

    /** The text, or as much of its beginning as fits and a sign that there is more. */
    static String fit(String text, int width) {
        if (text.length() <= width / 2 || of(text) <= width) return text;
        if (width <= 0) return "";
        var kept = new StringBuilder();
        int used = 1; // the sign
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            used += of(point);
            if (used > width) break;
            kept.appendCodePoint(point);
            i += Character.charCount(point);
        }
        return kept.append(MORE).toString();
    }
}
