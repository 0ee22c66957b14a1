package io.efka.fleet.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of the fleet.
 *
 * @param services as births announce them; of offline devices, those that are retained
 * @param asked how many devices were asked for their time and their journal
 * @param silent devices that are online, and have not answered
 * @param clocks how far the devices' clocks are ahead of this machine's
 * @param versions of agents, and how many devices have them
 * @param takenOver devices of which two agents were there within a day
 * @param away devices that are offline for more than a week
 */
public record FleetFacts(
        int devices,
        int online,
        int services,
        int asked,
        List<String> silent,
        SortedMap<String, Duration> clocks,
        SortedMap<String, Integer> versions,
        List<String> takenOver,
        List<String> away) {
    public FleetFacts {
        silent = List.copyOf(silent);
        clocks = new TreeMap<>(clocks);
        versions = new TreeMap<>(versions);
        takenOver = List.copyOf(takenOver);
        away = List.copyOf(away);
    }

    /** No device at all. */
    static final FleetFacts NONE = new FleetFacts(
            0, 0, 0, 0, List.of(), new TreeMap<>(Map.of()), new TreeMap<>(Map.of()), List.of(), List.of());

    /** How many messages a subscriber of all statuses gets at once. */
    int statuses() {
        return devices + services;
    }
}
