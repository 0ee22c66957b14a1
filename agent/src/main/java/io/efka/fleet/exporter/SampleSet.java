package io.efka.fleet.exporter;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The samples of one scrape, up to a limit. Filled by one thread, then read by another. */
public final class SampleSet {
    private final Map<Family, List<Sample>> byFamily = new EnumMap<>(Family.class);
    private final int max;
    private int series;
    private long leftOut;

    /** @param max of the fleet's series; those of the exporter itself do not count */
    SampleSet(int max) {
        this.max = max;
    }

    /** Adds all of them or, beyond the limit, none: half a service would be worse than none. */
    void addAll(List<Sample> samples) {
        if (samples.size() > max - series) {
            leftOut += samples.size();
            return;
        }
        series += samples.size();
        samples.forEach(this::put);
    }

    /** Adds one of the exporter's own. */
    void addOwn(Family family, double value) {
        put(Sample.of(family, value));
    }

    private void put(Sample sample) {
        byFamily.computeIfAbsent(sample.family(), family -> new ArrayList<>()).add(sample);
    }

    int series() {
        return series;
    }

    /** How many found no room. */
    long leftOut() {
        return leftOut;
    }

    /** All of them, family by family. */
    List<Sample> samples() {
        return byFamily.values().stream().flatMap(List::stream).toList();
    }

    /** As the client library has them. */
    MetricSnapshots snapshots() {
        var snapshots = new ArrayList<MetricSnapshot>(byFamily.size());
        byFamily.forEach((family, samples) -> snapshots.add(snapshot(family, samples)));
        return new MetricSnapshots(snapshots);
    }

    private static MetricSnapshot snapshot(Family family, List<Sample> samples) {
        return switch (family.kind()) {
            case GAUGE ->
                new GaugeSnapshot(
                        family.metadata(),
                        samples.stream()
                                .map(sample -> new GaugeDataPointSnapshot(sample.value(), labels(sample), null))
                                .toList());
            case COUNTER ->
                new CounterSnapshot(
                        family.metadata(),
                        samples.stream()
                                .map(sample -> new CounterDataPointSnapshot(sample.value(), labels(sample), null, 0))
                                .toList());
            case INFO ->
                new InfoSnapshot(
                        family.metadata(),
                        samples.stream()
                                .map(sample -> new InfoDataPointSnapshot(labels(sample)))
                                .toList());
        };
    }

    private static Labels labels(Sample sample) {
        return Labels.of(sample.family().labels(), sample.labels());
    }
}
