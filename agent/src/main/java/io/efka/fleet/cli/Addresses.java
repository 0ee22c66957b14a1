package io.efka.fleet.cli;

import io.efka.fleet.request.Address;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * To whom a command goes.
 *
 * @param reachable what is online
 * @param offline what would be meant as well, but cannot answer now
 */
record Addresses(List<Address> reachable, List<Address> offline) {
    Addresses {
        reachable = List.copyOf(reachable);
        offline = List.copyOf(offline);
    }

    /** The devices that the targets match. */
    static Addresses devices(FleetView view, List<Target> targets) {
        var reachable = new ArrayList<Address>();
        var offline = new ArrayList<Address>();
        for (DeviceView device : view.devices(targets)) {
            (device.isOnline() ? reachable : offline).add(new Address(device.id(), Optional.empty()));
        }
        return new Addresses(reachable, offline);
    }

    /** The services that the targets match; one that is named without a wildcard, on one device, even if nobody knows it. */
    static Addresses services(FleetView view, List<Target> targets) {
        return services(view, targets, false);
    }

    /**
     * The services that the targets match. One that is named without a wildcard, on one device, is meant even if nobody
     * knows it.
     *
     * @param isForNew whether one that is named without a wildcard is meant on every device that matches
     */
    static Addresses services(FleetView view, List<Target> targets, boolean isForNew) {
        var reachable = new ArrayList<Address>();
        var offline = new ArrayList<Address>();
        for (DeviceView device : view.devices(targets)) {
            for (String service : services(device, targets, isForNew)) {
                (device.isOnline() ? reachable : offline).add(new Address(device.id(), Optional.of(service)));
            }
        }
        return new Addresses(reachable, offline);
    }

    private static Set<String> services(DeviceView device, List<Target> targets, boolean isForNew) {
        var services = new LinkedHashSet<String>();
        for (Target target : targets) {
            if (!target.matches(device)) continue;
            device.services().keySet().stream().filter(target::includes).forEach(services::add);
            if (isForNew || target.singleDevice().isPresent())
                target.singleService().ifPresent(services::add);
        }
        return services;
    }

    /** How many devices match and are not concerned, since they do not have the one service that a target names. */
    static long devicesWithout(FleetView view, List<Target> targets) {
        Addresses all = services(view, targets, true);
        Addresses known = services(view, targets, false);
        return all.deviceCount() - known.deviceCount();
    }

    boolean isEmpty() {
        return reachable.isEmpty() && offline.isEmpty();
    }

    /** On how many devices, also those that are offline. */
    long deviceCount() {
        return Stream.concat(reachable.stream(), offline.stream())
                .map(Address::device)
                .distinct()
                .count();
    }
}
