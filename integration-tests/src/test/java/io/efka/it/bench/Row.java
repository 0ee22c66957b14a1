package io.efka.it.bench;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param what is measured
 * @param bar to be reached; {@code "-"} where a figure is only stated
 * @param measured the figure and what it was made of
 * @param verdict {@code pass}, {@code SHORT} or {@code -}
 * @param n how many measurements
 */
record Row(String what, String bar, String measured, String verdict, int n) {

    /** A figure that should not be above {@code limit}. */
    static Row atMost(String what, double value, double limit, String unit, String madeOf, int n) {
        return new Row(what, "<= " + number(limit) + unit, figure(value, unit, madeOf), verdict(value <= limit), n);
    }

    /** A figure that should not be below {@code limit}. */
    static Row atLeast(String what, double value, double limit, String unit, String madeOf, int n) {
        return new Row(what, ">= " + number(limit) + unit, figure(value, unit, madeOf), verdict(value >= limit), n);
    }

    /** A figure without a bar. */
    static Row stated(String what, String measured, int n) {
        return new Row(what, "-", measured, "-", n);
    }

    private static String figure(double value, String unit, String madeOf) {
        return number(value) + unit + (madeOf.isEmpty() ? "" : " (" + madeOf + ")");
    }

    private static String verdict(boolean reached) {
        return reached ? "pass" : "SHORT";
    }

    static String number(double value) {
        if (Math.abs(value) >= 1000) return String.format(Locale.ROOT, "%,.0f", value);
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
    }
}
