package io.efka.fleet.terminal;

/** Text from elsewhere as a terminal may show it: what would move the cursor or change colours is shown, not done. */
public final class Printable {
    private Printable() {}

    /** One line: control characters become visible, {@code \n} and {@code \x1b}. */
    public static String line(String text) {
        int at = 0;
        while (at < text.length() && isPlain(text.charAt(at))) at++;
        if (at == text.length()) return text;
        var shown = new StringBuilder(text.substring(0, at));
        for (; at < text.length(); at++) {
            char one = text.charAt(at);
            if (isPlain(one)) shown.append(one);
            else if (one == '\n') shown.append("\\n");
            else if (one == '\t') shown.append("\\t");
            else if (one < 0x100) shown.append("\\x%02x".formatted((int) one));
            else shown.append("\\u%04x".formatted((int) one));
        }
        return shown.toString();
    }

    /** JSON that means the same: such characters are only in its texts, and are written as {@code \\u009b}. */
    public static String json(String json) {
        if (json.chars().allMatch(one -> isPlain((char) one))) return json;
        var shown = new StringBuilder();
        json.chars().forEach(one -> {
            if (isPlain((char) one)) shown.append((char) one);
            else shown.append("\\u%04x".formatted(one));
        });
        return shown.toString();
    }

    /** Neither a control character nor one that turns the direction of the text around it. */
    private static boolean isPlain(char one) {
        boolean isControl = one < 0x20 || (one >= 0x7f && one < 0xa0);
        boolean isDirection = (one >= 0x202a && one <= 0x202e) || (one >= 0x2066 && one <= 0x2069);
        boolean isMark = one == 0x200e || one == 0x200f || one == 0x061c;
        boolean isBreak = one == 0x2028 || one == 0x2029;
        return !isControl && !isDirection && !isMark && !isBreak;
    }
}
