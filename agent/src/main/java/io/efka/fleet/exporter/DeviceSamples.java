package io.efka.fleet.exporter;

import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.protocol.Topics.GroupId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What the documents of a device are as samples. What it measures of itself is only there while it is online. */
final class DeviceSamples {
    /** A device may be in this many groups and have this many interfaces; what it has beyond is left out. */
    static final int MAX_LIST = 32;

    private final String id;
    private final List<Sample> samples = new ArrayList<>();

    private DeviceSamples(String id) {
        this.id = id;
    }

    /** @param metrics its newest ones, or empty */
    static List<Sample> of(DeviceView device, Document metrics) {
        var made = new DeviceSamples(device.id());
        Document status = device.status().orElse(Document.EMPTY);
        made.add(Family.DEVICE_ONLINE, device.isOnline());
        made.describe(status);
        made.addTimes(status, metrics);
        if (device.isOnline()) made.measure(metrics);
        return made.samples;
    }

    private void describe(Document status) {
        samples.add(Sample.of(
                Family.DEVICE_INFO,
                1,
                id,
                text(status, "version"),
                text(status, "host"),
                text(status, "os"),
                text(status, "java")));
        Stream.concat(Stream.of(GroupId.ALL.value()), status.texts("groups").stream())
                .map(LabelText::of)
                .distinct()
                .limit(MAX_LIST)
                .forEach(group -> samples.add(Sample.of(Family.DEVICE_GROUP, 1, id, group)));
    }

    private void addTimes(Document status, Document metrics) {
        Stream.of(status.instant("connected_at"), status.instant("at"), metrics.instant("at"))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .ifPresent(at -> add(Family.DEVICE_LAST_SEEN, seconds(at)));
        status.instant("started_at").ifPresent(at -> add(Family.AGENT_START, seconds(at)));
        status.instant("boot_at").ifPresent(at -> add(Family.BOOT, seconds(at)));
    }

    private void measure(Document metrics) {
        add(Family.CPU, metrics.decimal("cpu_percent"), 0.01);
        add(Family.LOAD, metrics.decimal("load1"), 1);
        add(Family.MEMORY_LIMIT, metrics.object("memory").decimal("total"), 1);
        add(Family.MEMORY_AVAILABLE, metrics.object("memory").decimal("available"), 1);
        add(Family.DISK_LIMIT, metrics.object("disk").decimal("total"), 1);
        add(Family.DISK_AVAILABLE, metrics.object("disk").decimal("available"), 1);
        add(Family.TEMPERATURE, metrics.decimal("temperature"), 1);
        add(Family.UPTIME, metrics.decimal("uptime_ms"), 0.001);
        Document network = metrics.object("network");
        network.json().keySet().stream()
                .filter(name -> name.length() <= LabelText.MAX && name.equals(LabelText.of(name)))
                .limit(MAX_LIST)
                .forEach(name -> {
                    addTraffic(name, "receive", network.object(name).decimal("received"));
                    addTraffic(name, "transmit", network.object(name).decimal("sent"));
                });
    }

    private void addTraffic(String name, String direction, OptionalDouble bytes) {
        bytes.ifPresent(value -> samples.add(Sample.of(Family.NETWORK, Math.max(0, value), id, name, direction)));
    }

    private void add(Family family, boolean is) {
        add(family, is ? 1 : 0);
    }

    private void add(Family family, OptionalDouble value, double unit) {
        value.ifPresent(number -> add(family, number * unit));
    }

    private void add(Family family, double value) {
        samples.add(Sample.of(family, value, id));
    }

    static String text(Document document, String key) {
        return LabelText.of(document.text(key).orElse(""));
    }

    static double seconds(Instant at) {
        return at.getEpochSecond() + at.getNano() / 1e9;
    }
}
