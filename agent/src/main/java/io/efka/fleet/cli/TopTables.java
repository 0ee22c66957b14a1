package io.efka.fleet.cli;

import io.efka.fleet.live.Cell;
import io.efka.fleet.live.LiveTable;
import io.efka.fleet.live.LiveView;
import io.efka.fleet.terminal.Plural;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The live tables of {@code top}, kept up to date with its feed. Used by the session's thread. */
final class TopTables {
    /** A fleet that has more is looked at in parts. */
    private static final int MAX_ROWS = 100_000;

    private static final Duration COUNTED_EVERY = Duration.ofSeconds(1);

    private final TopFeed feed;
    private final List<Target> targets;
    private final LiveTable services = new LiveTable(TopRows.SERVICES, LiveTable.Order.ANY, MAX_ROWS);
    private final LiveTable devices = new LiveTable(TopRows.DEVICES, LiveTable.Order.ANY, MAX_ROWS);

    private boolean isUncounted = true;
    private OptionalLong countedAt = OptionalLong.empty();

    TopTables(TopFeed feed, List<Target> targets) {
        this.feed = feed;
        this.targets = targets;
    }

    List<LiveView.Tab> tabs(boolean areDevicesFirst) {
        var ofServices = new LiveView.Tab("services", services);
        var ofDevices = new LiveView.Tab("devices", devices);
        return areDevicesFirst ? List.of(ofDevices, ofServices) : List.of(ofServices, ofDevices);
    }

    /** Brings the rows up to date; false if nothing has changed. */
    boolean refresh(Instant now) {
        var changes = feed.takeChanges();
        for (String name : changes) {
            int slash = name.indexOf('/');
            if (slash < 0) device(name, now);
            else service(name.substring(0, slash), name.substring(slash + 1), now);
        }
        isUncounted |= !changes.isEmpty();
        return !changes.isEmpty();
    }

    /**
     * The {@link #summary} if it may have changed; at most once a second, since all services are counted.
     *
     * @param now monotonic nanoseconds
     */
    Optional<List<Cell>> takeSummary(long now) {
        if (!isUncounted || (countedAt.isPresent() && now - countedAt.getAsLong() < COUNTED_EVERY.toNanos())) {
            return Optional.empty();
        }
        isUncounted = false;
        countedAt = OptionalLong.of(now);
        return Optional.of(summary());
    }

    private void device(String id, Instant now) {
        Optional<DeviceView> device = feed.view().device(id).filter(one -> Target.anyMatches(targets, one));
        deviceRow(id, device);
        // What it says of itself is true of its services as well: whether they are known, and whether they are meant.
        feed.view()
                .device(id)
                .ifPresent(
                        one -> List.copyOf(one.services().keySet()).forEach(service -> serviceRow(id, service, now)));
    }

    private void deviceRow(String id, Optional<DeviceView> device) {
        if (device.isEmpty()) {
            devices.remove(id);
            return;
        }
        long running = device.get().services().values().stream()
                .filter(service -> service.isKnown() && service.state().equals("running"))
                .count();
        devices.put(id, TopRows.cells(device.get(), feed.metrics(id), running));
    }

    private void service(String device, String service, Instant now) {
        serviceRow(device, service, now);
        deviceRow(device, feed.view().device(device).filter(one -> Target.anyMatches(targets, one)));
    }

    private void serviceRow(String deviceId, String id, Instant now) {
        String name = deviceId + "/" + id;
        Optional<ServiceView> service = feed.view()
                .device(deviceId)
                .filter(device -> Target.anyMatches(targets, device, id))
                .flatMap(device -> Optional.ofNullable(device.services().get(id)));
        if (service.isPresent()) services.put(name, TopRows.cells(service.get(), feed.metrics(name), now));
        else services.remove(name);
    }

    /** All rows of one of the tables, as they are now. */
    List<List<Cell>> all(boolean areDevices, int sortColumn, Instant now) {
        for (DeviceView device : feed.view().devices(targets)) device(device.id(), now);
        LiveTable table = areDevices ? devices : services;
        table.sortBy(sortColumn);
        return table.rows();
    }

    /** How many devices are there, and how many services are in which state. */
    List<Cell> summary() {
        int all = 0;
        int online = 0;
        int loops = 0;
        int unknown = 0;
        Map<String, Integer> states = new TreeMap<>(TopRows.TROUBLE_FIRST);
        for (DeviceView device : feed.view().devices(targets)) {
            all++;
            if (device.isOnline()) online++;
            for (ServiceView service : device.services().values()) {
                if (!Target.anyMatches(targets, device, service.id())) continue;
                if (!device.isOnline()) unknown++;
                else states.merge(service.state(), 1, Integer::sum);
                if (device.isOnline() && service.status().flag("crash_loop")) loops++;
            }
        }
        var parts = new ArrayList<Cell>();
        parts.add(Cell.text(online + " of " + all + Plural.of(" device", all) + " online", Style.BOLD));
        if (loops > 0) parts.add(Cell.text(loops + Plural.of(" crash loop", loops), Style.BAD));
        states.forEach((state, count) -> parts.add(Cell.text(count + " " + state, StateStyle.of(state))));
        if (unknown > 0) parts.add(Cell.text(unknown + " unknown", Style.DIM));
        return parts;
    }
}
