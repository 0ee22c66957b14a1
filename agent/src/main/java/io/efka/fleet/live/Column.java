package io.efka.fleet.live;

/**
 * A column of a live table.
 *
 * @param title in capitals, as in all tables
 * @param isRight whether its texts end at the same place, as numbers do
 * @param least how narrow it can get, in characters
 * @param most how wide it can get
 * @param rank columns with the highest one are left out first where there is not enough room; 0: never
 * @param isLargestFirst whether the largest is of most interest, as with numbers
 */
public record Column(String title, boolean isRight, int least, int most, int rank, boolean isLargestFirst) {
    /** A text, cut off where there is not enough room. */
    public static Column text(String title, int least, int most, int rank) {
        return new Column(title, false, least, most, rank, false);
    }

    /** A number, which is there in full or not at all. */
    public static Column number(String title, int width, int rank) {
        int enough = Math.max(width, title.length() + 1); // the arrow of the sorted column
        return new Column(title, true, enough, enough, rank, true);
    }
}
