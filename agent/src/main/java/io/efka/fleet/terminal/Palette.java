package io.efka.fleet.terminal;

/** Colours to tell many things apart: the same thing has the same one each time. */
public final class Palette {
    /** The terminal's own cyan, yellow, green, magenta, blue, and their bright ones. */
    private static final int[] CODES = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};

    private Palette() {}

    /** @param name of what it belongs to */
    public static String paint(String name, String text) {
        int code = CODES[Math.floorMod(name.hashCode(), CODES.length)];
        return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
