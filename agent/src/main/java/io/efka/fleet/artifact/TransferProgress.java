package io.efka.fleet.artifact;

import io.efka.protocol.DeviceId;
import io.efka.protocol.artifact.Holding;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who has how much of an artifact, as far as devices have said. Not thread-safe. */
final class TransferProgress {
    private static final double MIB = 1 << 20;

    /** Further ones are served, but not counted: anybody can make up names. */
    private static final int MAX_DEVICES = 100_000;

    private final Map<DeviceId, Holding> devices = new LinkedHashMap<>();

    /** @return whether the device has all of it now and had not before */
    boolean holds(Holding holding) {
        if (!isKnown(holding.device())) return false;
        Holding before = devices.put(holding.device(), holding);
        return isComplete(holding) && (before == null || !isComplete(before));
    }

    /** A device asks for something: it has not all of it. */
    void wants(DeviceId device) {
        if (isKnown(device)) devices.putIfAbsent(device, new Holding(device, 0, 0, Holding.State.RECEIVING));
    }

    private boolean isKnown(DeviceId device) {
        return devices.size() < MAX_DEVICES || devices.containsKey(device);
    }

    private static boolean isComplete(Holding holding) {
        return holding.state() == Holding.State.COMPLETE;
    }

    int seen() {
        return devices.size();
    }

    int complete() {
        return (int)
                devices.values().stream().filter(TransferProgress::isComplete).count();
    }

    /** In words, the devices that have not all of it, the worst first. */
    List<String> incomplete() {
        return incompleteOnes().stream().map(TransferProgress::words).toList();
    }

    private List<Holding> incompleteOnes() {
        return devices.values().stream()
                .filter(holding -> !isComplete(holding))
                .sorted(Comparator.comparingInt(TransferProgress::percent))
                .toList();
    }

    private static String words(Holding holding) {
        String stopped = holding.state() == Holding.State.STOPPED ? " and has stopped" : "";
        return holding.device() + " has " + percent(holding) + " %" + stopped;
    }

    private static int percent(Holding holding) {
        if (isComplete(holding)) return 100;
        return holding.of() == 0 ? 0 : (int) (100L * holding.chunks() / holding.of());
    }

    /** Of all devices together; 0 without any. */
    int percent() {
        Collection<Holding> all = devices.values();
        return (int) all.stream().mapToInt(TransferProgress::percent).average().orElse(0);
    }

    /** One line: {@code 62 %, 8 of 10 have it, 12.4 MiB sent, slowest cam7 31 %}. */
    String line(long sentBytes) {
        if (devices.isEmpty()) return "waiting for devices that want it";
        Optional<Holding> slowest = incompleteOnes().stream().findFirst();
        return percent() + " %, " + complete() + " of " + seen()
                + " have it, "
                + String.format(Locale.ROOT, "%.1f MiB sent", sentBytes / MIB)
                + slowest.map(one -> ", slowest " + one.device() + " " + percent(one) + " %")
                        .orElse("");
    }
}
