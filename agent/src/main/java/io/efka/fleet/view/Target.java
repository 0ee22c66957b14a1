package io.efka.fleet.view;

import io.efka.protocol.FleetTopics;
import io.efka.protocol.Topics.GroupId;
import java.util.List;
import java.util.Optional;

/**
 * What a command is about: {@code gate7}, {@code gate7/camera}, {@code gate-*}{@code /cam*}, {@code @berlin}, {@code
 * @berlin/camera}.
 *
 * @param group only devices in it; empty: it does not matter
 * @param service empty: no service is named
 */
public record Target(Optional<GroupId> group, Glob device, Optional<Glob> service) {
    /** All devices. */
    public static final Target ALL = new Target(Optional.empty(), Glob.ANY, Optional.empty());

    /** @throws IllegalArgumentException saying what a target looks like */
    public static Target parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2) throw new IllegalArgumentException("a target must be DEVICE or DEVICE/SERVICE");
        Optional<Glob> service = parts.length == 2 ? Optional.of(Glob.parse("service", parts[1])) : Optional.empty();
        if (!parts[0].startsWith("@")) return new Target(Optional.empty(), Glob.parse("device", parts[0]), service);
        return new Target(Optional.of(new GroupId(parts[0].substring(1))), Glob.ANY, service);
    }

    /** The device, if exactly one can match. */
    public Optional<String> singleDevice() {
        return group.isEmpty() && device.isName() ? Optional.of(device.toString()) : Optional.empty();
    }

    /** The service, if exactly one of a device can match. */
    public Optional<String> singleService() {
        return service.filter(Glob::isName).map(Glob::toString);
    }

    /** The topic of what its devices say of themselves, with wildcards where more than one can match. */
    public String deviceFilter(FleetTopics topics, String leaf) {
        return topics.device(singleDevice().orElse(FleetTopics.ANY), leaf);
    }

    /** The topic of what its services say, with wildcards where more than one can match. */
    public String serviceFilter(FleetTopics topics, String leaf) {
        return topics.service(
                singleDevice().orElse(FleetTopics.ANY), singleService().orElse(FleetTopics.ANY), leaf);
    }

    public boolean matches(DeviceView candidate) {
        return device.matches(candidate.id()) && group.map(candidate::isIn).orElse(true);
    }

    /** Whether the target, of a device that {@link #matches}, includes this service. */
    public boolean includes(String serviceId) {
        return service.map(glob -> glob.matches(serviceId)).orElse(true);
    }

    /** Whether any of the targets matches. */
    public static boolean anyMatches(List<Target> targets, DeviceView candidate) {
        return targets.stream().anyMatch(target -> target.matches(candidate));
    }

    /** Whether any of the targets matches the service. */
    public static boolean anyMatches(List<Target> targets, DeviceView candidate, String serviceId) {
        return targets.stream().anyMatch(target -> target.matches(candidate) && target.includes(serviceId));
    }

    @Override
    public String toString() {
        String where = group.map(one -> "@" + one).orElseGet(device::toString);
        return where + service.map(one -> "/" + one).orElse("");
    }
}
