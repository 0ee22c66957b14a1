package io.efka.fleet.live;

import io.efka.fleet.live.Key.Kind;
import java.io.IOException;
import java.util.Optional;

/** Makes keys of the characters that a terminal sends. Used by one thread. */
final class KeyDecoder {
    /** What belongs to one key comes at once; over a slow line a little later. */
    private static final long REST_MS = 50;

    /** No key has more. */
    private static final int MAX_SEQUENCE = 16;

    private static final int ESC = 0x1b;

    private final Input input;

    /** Where characters come from. */
    interface Input {
        int ENDED = -1;
        int NOTHING = -2;

        /**
         * Waits for the next UTF-16 unit.
         *
         * @param limitMs for how long; 0: for ever
         * @return the unit, {@link #NOTHING} or {@link #ENDED}
         */
        int read(long limitMs) throws IOException;
    }

    KeyDecoder(Input input) {
        this.input = input;
    }

    /** Waits for the next key; empty: there will be none any more. */
    Optional<Key> next() throws IOException {
        int first = input.read(0);
        return switch (first) {
            case Input.ENDED -> Optional.empty();
            case ESC -> escape();
            case '\r', '\n' -> Optional.of(Key.of(Kind.ENTER));
            case '\t' -> Optional.of(Key.of(Kind.TAB));
            case 0x7f, 0x08 -> Optional.of(Key.of(Kind.BACKSPACE));
            case 0x03 -> Optional.of(Key.of(Kind.INTERRUPT));
            case 0x0c -> Optional.of(Key.of(Kind.REDRAW));
            case 0x15 -> Optional.of(Key.of(Kind.CLEAR));
            default -> Optional.of(first < ' ' ? Key.of(Kind.OTHER) : Key.of(point(first)));
        };
    }

    private int point(int first) throws IOException {
        if (!Character.isHighSurrogate((char) first)) return first;
        int second = input.read(REST_MS);
        boolean isPair = second >= 0 && Character.isLowSurrogate((char) second);
        return isPair ? Character.toCodePoint((char) first, (char) second) : '?';
    }

    private Optional<Key> escape() throws IOException {
        int second = input.read(REST_MS);
        if (second == Input.ENDED) return Optional.empty();
        if (second == Input.NOTHING || second == ESC) return Optional.of(Key.of(Kind.ESCAPE));
        if (second != '[' && second != 'O') return Optional.of(Key.of(Kind.OTHER)); // Alt and a key
        var parameters = new StringBuilder();
        while (parameters.length() < MAX_SEQUENCE) {
            int next = input.read(REST_MS);
            if (next == Input.ENDED) return Optional.empty();
            if (next == Input.NOTHING) break;
            if (next >= 0x40 && next <= 0x7e) return Optional.of(Key.of(named((char) next, parameters.toString())));
            parameters.append((char) next);
        }
        return Optional.of(Key.of(Kind.OTHER));
    }

    private static Kind named(char end, String parameters) {
        return switch (end) {
            case 'A' -> Kind.UP;
            case 'B' -> Kind.DOWN;
            case 'C' -> Kind.RIGHT;
            case 'D' -> Kind.LEFT;
            case 'H' -> Kind.HOME;
            case 'F' -> Kind.END;
            case '~' ->
                switch (parameters) {
                    case "1", "7" -> Kind.HOME;
                    case "4", "8" -> Kind.END;
                    case "5" -> Kind.PAGE_UP;
                    case "6" -> Kind.PAGE_DOWN;
                    default -> Kind.OTHER;
                };
            default -> Kind.OTHER;
        };
    }
}
