package io.efka.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The measured values of one thing, in milliseconds unless said otherwise. */
final class Measurements {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    void addNanos(long nanos) {
        add(nanos / 1e6);
    }

    int count() {
        return values.size();
    }

    double median() {
        return quantile(0.5);
    }

    double p99() {
        return quantile(0.99);
    }

    double min() {
        return quantile(0);
    }

    double max() {
        return quantile(1);
    }

    double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** The smallest value that is not exceeded by at least this part of all values. */
    double quantile(double part) {
        List<Double> sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(part * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }

    /** {@code 1.23 [1.01..4.56]}: median, smallest and largest. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f [%.2f..%.2f]", median(), min(), max());
    }
}
