package io.efka.fleet.view;

import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The devices and services of which a status was seen, in the order of their names. Used by one thread. */
public final class FleetView {
    private final FleetTopics topics;
    private final SortedMap<String, DeviceView> devices = new TreeMap<>();
    private long unreadable;
    private boolean hasChanged;

    public FleetView(FleetTopics topics) {
        this.topics = topics;
    }

    /**
     * Takes a message into account.
     *
     * @return whose status it is; empty if it is none, or cannot be read
     */
    public Optional<Source> take(Message message) {
        Optional<Source> source =
                topics.parse(message.topic()).filter(from -> from.leaf().equals("status"));
        if (source.isEmpty()) return source;
        Optional<Document> document = Document.parse(message.payload());
        boolean isGone = message.payload().length == 0;
        if (document.isEmpty() && !isGone) {
            unreadable++;
            return Optional.empty();
        }
        hasChanged = true;
        Source from = source.get();
        if (from.service().isEmpty()) takeDevice(from.device(), document);
        else takeService(from.device(), from.service().get(), document);
        return source;
    }

    private void takeDevice(String id, Optional<Document> document) {
        DeviceView device = devices.computeIfAbsent(id, DeviceView::new);
        device.setStatus(document);
        forgetIfEmpty(device);
    }

    private void takeService(String deviceId, String id, Optional<Document> document) {
        DeviceView device = devices.computeIfAbsent(deviceId, DeviceView::new);
        if (document.isPresent()) device.setService(new ServiceView(device, id, document.get()));
        else device.removeService(id);
        forgetIfEmpty(device);
    }

    /** Whether a device is known, and online. */
    public boolean isOnline(String device) {
        return device(device).filter(DeviceView::isOnline).isPresent();
    }

    /**
     * Forgets what the other view does not have, as if it had been deleted.
     *
     * @return the names of what is gone, such as {@code gate7} and {@code gate7/camera}
     */
    Set<String> retain(FleetView other) {
        var gone = new LinkedHashSet<String>();
        for (DeviceView device : List.copyOf(devices.values())) {
            for (String service : List.copyOf(device.services().keySet())) {
                if (other.knows(device.id(), Optional.of(service))) continue;
                device.removeService(service);
                gone.add(device.id() + "/" + service);
            }
            if (device.status().isPresent()
                    && other.device(device.id()).flatMap(DeviceView::status).isEmpty()) {
                device.setStatus(Optional.empty());
                gone.add(device.id());
            }
            forgetIfEmpty(device);
        }
        hasChanged |= !gone.isEmpty();
        return gone;
    }

    /** Whether there is anything of a device or, if one is named, the status of its service. */
    public boolean knows(String deviceId, Optional<String> service) {
        return device(deviceId)
                .filter(device ->
                        service.map(id -> device.services().containsKey(id)).orElse(true))
                .isPresent();
    }

    private void forgetIfEmpty(DeviceView device) {
        if (device.status().isEmpty() && device.services().isEmpty()) devices.remove(device.id());
    }

    public Collection<DeviceView> devices() {
        return Collections.unmodifiableCollection(devices.values());
    }

    public Optional<DeviceView> device(String id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** The devices that one of the targets matches. */
    public List<DeviceView> devices(List<Target> targets) {
        return devices.values().stream()
                .filter(device -> Target.anyMatches(targets, device))
                .toList();
    }

    /** The services that one of the targets includes. */
    public List<ServiceView> services(List<Target> targets) {
        var found = new ArrayList<ServiceView>();
        for (DeviceView device : devices.values()) {
            device.services().values().stream()
                    .filter(service -> Target.anyMatches(targets, device, service.id()))
                    .forEach(found::add);
        }
        return found;
    }

    /** Whether anything has been taken since the last call. */
    public boolean takeChange() {
        boolean has = hasChanged;
        hasChanged = false;
        return has;
    }

    /** Statuses that were no JSON objects. */
    public long unreadable() {
        return unreadable;
    }
}
