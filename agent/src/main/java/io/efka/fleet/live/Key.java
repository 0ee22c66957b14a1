package io.efka.fleet.live;

/**
 * A key that was pressed.
 *
 * @param character the code point of a {@link Kind#CHARACTER}; otherwise 0
 */
public record Key(Kind kind, int character) {
    /** The keys that have a meaning. */
    public enum Kind {
        CHARACTER,
        ENTER,
        ESCAPE,
        BACKSPACE,
        TAB,
        UP,
        DOWN,
        LEFT,
        RIGHT,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        REDRAW,
        /** Ctrl-C. */
        INTERRUPT,
        CLEAR,
        OTHER
    }

    static Key of(Kind kind) {
        return new Key(kind, 0);
    }

    static Key of(int character) {
        return new Key(Kind.CHARACTER, character);
    }
}
