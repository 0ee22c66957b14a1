package io.efka.fleet.live;

/**
 * How large a screen is, in characters.
 *
 * @param columns 1 or more
 * @param rows 1 or more
 */
public record ScreenSize(int columns, int rows) {
    /** What a terminal has that does not say, as serial ones. */
    static ScreenSize of(int columns, int rows) {
        return new ScreenSize(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
    }
}
