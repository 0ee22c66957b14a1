package io.efka.fleet.exporter;

/** Text of a device's as the value of a label. The exposition format escapes the rest: quotes, backslashes and line ends. */
final class LabelText {
    /** In UTF-16 units; longer than any honest version, host name or release id. */
    static final int MAX = 128;

    private static final char REPLACEMENT = '\ufffd';

    private LabelText() {}

    /** Cut to {@link #MAX}; what is no character, which UTF-8 cannot have, is replaced. */
    static String of(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) : text;
        var legal = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char unit = cut.charAt(i);
            boolean isPair = Character.isHighSurrogate(unit)
                    && i + 1 < cut.length()
                    && Character.isLowSurrogate(cut.charAt(i + 1));
            if (isPair) legal.append(unit).append(cut.charAt(++i));
            else legal.append(Character.isSurrogate(unit) ? REPLACEMENT : unit);
        }
        return legal.toString();
    }
}
