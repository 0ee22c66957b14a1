package io.efka.fleet.exporter;

import java.util.List;

/**
 * One value of one series.
 *
 * @param labels the values of the {@linkplain Family#labels() labels}, in their order
 */
record Sample(Family family, List<String> labels, double value) {
    Sample {
        labels = List.copyOf(labels);
        if (labels.size() != family.labels().size()) {
            throw new IllegalArgumentException(family + " needs " + family.labels() + ", was " + labels);
        }
    }

    static Sample of(Family family, double value, String... labels) {
        return new Sample(family, List.of(labels), value);
    }
}
