package io.efka.fleet.view;

import io.efka.protocol.Topics.GroupId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** One device as its documents say. Changes with them; used by one thread. */
public final class DeviceView {
    private final String id;
    private Optional<Document> status = Optional.empty();
    private final SortedMap<String, ServiceView> services = new TreeMap<>();

    DeviceView(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** Its own status: birth, farewell or will; empty if there is none. */
    public Optional<Document> status() {
        return status;
    }

    void setStatus(Optional<Document> document) {
        status = document;
    }

    public boolean isOnline() {
        return status.filter(birth -> birth.flag("online")).isPresent();
    }

    /** Since when its agent runs or, while it is offline, has last been heard of, as far as it says. */
    public Optional<Instant> since() {
        if (isOnline()) return status.flatMap(birth -> birth.instant("started_at"));
        return status.flatMap(gone -> gone.instant("at").or(() -> gone.instant("connected_at")));
    }

    /** Every device is in {@code all}. */
    public boolean isIn(GroupId group) {
        return group.equals(GroupId.ALL)
                || status.filter(birth -> birth.texts("groups").contains(group.value()))
                        .isPresent();
    }

    /** The services by id. */
    public SortedMap<String, ServiceView> services() {
        return Collections.unmodifiableSortedMap(services);
    }

    void setService(ServiceView service) {
        services.put(service.id(), service);
    }

    void removeService(String service) {
        services.remove(service);
    }

    /** How many services it says it has; empty while it is offline, when nobody says so. */
    public OptionalInt announcedServices() {
        if (!isOnline()) return OptionalInt.empty();
        Document counts = status.orElse(Document.EMPTY).object("services");
        long sum = counts.json().keySet().stream()
                .mapToLong(state -> Math.max(0, counts.number(state).orElse(0)))
                .sum();
        return OptionalInt.of((int) Math.min(sum, Integer.MAX_VALUE));
    }
}
