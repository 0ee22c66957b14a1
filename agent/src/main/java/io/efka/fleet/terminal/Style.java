package io.efka.fleet.terminal;

/** How a text looks where there are colours. The terminal's own palette, so that it suits dark and light ones. */
public enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    GOOD("32"),
    WARN("33"),
    BAD("31"),
    REVERSE("7");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style, and the usual one again behind it. */
    public String paint(String text) {
        return code.isEmpty() || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
