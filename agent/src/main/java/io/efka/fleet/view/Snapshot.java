package io.efka.fleet.view;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.RetainedReader;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads what is retained of a fleet, completely, and keeps it up to date.
 *
 * <p>A broker does not deliver all that is retained to one wildcard: Mosquitto sends 20 messages, queues 1,000 and drops the
 * rest without a word. So the devices' own statuses come first, at QoS 0, which has no such queue, and again until nothing new
 * comes. Each says how many services the device has. Then their statuses come in batches that fit into that queue. After each
 * request this client publishes a mark to itself: when it is back, what was asked for is there as well, at a broker that keeps
 * the order.
 */
public final class Snapshot implements FleetSession.Listener {
    /** A device may have more services than it said. */
    private static final int MAX_BATCH = RetainedReader.MAX_BATCH;

    /** An offline device does not say how many services it has. */
    private static final int GUESSED_SERVICES = 10;

    /** How often the devices' statuses are asked for until nothing new comes. */
    private static final int MAX_ROUNDS = 6;

    private final FleetSession session;
    private final FleetTopics topics;
    private final List<Target> targets;
    private final FleetView view;

    /** What has come over this connection. The view itself, unless that has more, which was there before a loss. */
    private FleetView current;

    private final Set<String> live = new LinkedHashSet<>();
    private final Arrivals arrivals;
    private boolean mayMissSome;
    private boolean isRead;
    private boolean withServices;

    private Set<String> vanished = Set.of();

    /** The services that came of each device since the last request. */
    private final Map<String, Set<String>> came = new HashMap<>();

    /** Devices whose services were asked for last without the mark behind them. */
    private final Set<String> unanswered = new HashSet<>();

    /** @param targets of which devices and services; all others are left out where that is cheap */
    public Snapshot(FleetSession session, List<Target> targets) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.targets = List.copyOf(targets);
        this.view = new FleetView(topics);
        this.current = view;
        this.arrivals = new Arrivals(session);
        session.listen(this);
    }

    public FleetView view() {
        return view;
    }

    /**
     * Reads what is retained; from then on the view follows every change while the session handles messages.
     *
     * @param withServices whether the statuses of services are read as well
     * @throws FleetException when the broker refuses a subscription, or is lost
     */
    public Completeness read(boolean withServices) throws FleetException, InterruptedException {
        this.withServices = withServices;
        isRead = true;
        readAgain();
        return completeness();
    }

    private void readAgain() throws FleetException, InterruptedException {
        live.clear();
        session.marks().subscribe();
        if (withServices) follow(serviceFilters());
        readDevices();
        readAbsent(this::absentDevices);
        if (!withServices) return;
        readServices(current.devices(targets));
        readAbsent(this::absentServices);
    }

    /**
     * The names of devices and services that were deleted during the last loss of the connection. For listeners that hear of a
     * new connection after this one.
     */
    public Set<String> vanished() {
        return vanished;
    }

    /** How much came of what is there. */
    public Completeness completeness() {
        return Completeness.of(current.devices(targets), withServices && !isOneServiceEach(), mayMissSome);
    }

    /** Whether the targets name single services, so that nobody can say how many there should be. */
    private boolean isOneServiceEach() {
        return targets.stream().allMatch(target -> target.singleService().isPresent());
    }

    private void readDevices() throws FleetException, InterruptedException {
        List<String> filters = deviceFilters();
        boolean isEach = filters.stream().noneMatch(filter -> filter.contains(FleetTopics.ANY));
        boolean isAll = false;
        for (int round = 0; !isAll && round < MAX_ROUNDS; round++) {
            int before = current.devices().size();
            session.subscribe(filters, isEach ? 1 : 0, true);
            boolean isBack = arrivals.await(() -> false);
            isAll = isBack && (isEach || current.devices().size() <= before);
        }
        mayMissSome = !isAll;
        follow(filters);
    }

    private void readServices(List<DeviceView> devices) throws FleetException, InterruptedException {
        for (List<DeviceView> batch : batches(devices)) readBatch(batch);
        // What did not come with others may come alone.
        for (DeviceView device : devices) {
            if (Completeness.missingServices(device) > 0 && !isOneServiceEach()) readBatch(List.of(device));
        }
        List<DeviceView> uncounted =
                devices.stream().filter(device -> !isCounted(device)).toList();
        for (List<DeviceView> batch : batches(uncounted)) verify(batch);
        mayMissSome |= uncounted.stream().anyMatch(this::isUnanswered);
    }

    /** If halves bring what the whole did not, the broker has dropped some of it, and may have of the halves as well. */
    private void verify(List<DeviceView> batch) throws FleetException, InterruptedException {
        if (batch.size() < 2) {
            if (isUnanswered(batch.get(0))) readBatch(batch);
            return;
        }
        List<DeviceView> first = batch.subList(0, batch.size() / 2);
        List<DeviceView> second = batch.subList(batch.size() / 2, batch.size());
        int before = services(batch);
        readBatch(first);
        readBatch(second);
        if (services(batch) == before && batch.stream().noneMatch(this::isUnanswered)) return;
        verify(first);
        verify(second);
    }

    private boolean isUnanswered(DeviceView device) {
        return unanswered.contains(device.id());
    }

    private static int services(List<DeviceView> devices) {
        return devices.stream().mapToInt(device -> device.services().size()).sum();
    }

    /** Whether the device says how many services are to come. */
    private boolean isCounted(DeviceView device) {
        return device.announcedServices().isPresent() && !isOneServiceEach();
    }

    private List<List<DeviceView>> batches(List<DeviceView> devices) {
        var batches = new ArrayList<List<DeviceView>>();
        var batch = new ArrayList<DeviceView>();
        int expected = 0;
        for (DeviceView device : devices) {
            int more = isOneServiceEach()
                    ? targets.size()
                    : device.announcedServices().orElse(GUESSED_SERVICES);
            more = Math.max(1, more); // the device may have got its first one since it said so
            if (!batch.isEmpty() && expected + more > MAX_BATCH) {
                batches.add(List.copyOf(batch));
                batch.clear();
                expected = 0;
            }
            batch.add(device);
            expected += more;
        }
        if (!batch.isEmpty()) batches.add(List.copyOf(batch));
        return batches;
    }

    private void readBatch(List<DeviceView> batch) throws FleetException, InterruptedException {
        var filters = new LinkedHashSet<String>();
        for (DeviceView device : batch) {
            for (Target target : targets) {
                if (!target.matches(device)) continue;
                filters.add(topics.service(device.id(), target.singleService().orElse(FleetTopics.ANY), "status"));
            }
        }
        came.clear();
        boolean isAnswered = readOnce(List.copyOf(filters), () -> batch.stream().allMatch(this::hasCome));
        for (DeviceView device : batch) {
            if (isAnswered) unanswered.remove(device.id());
            else unanswered.add(device.id());
        }
    }

    /** @return as {@link Arrivals#await} */
    private boolean readOnce(List<String> filters, BooleanSupplier isComplete)
            throws FleetException, InterruptedException {
        // A filter that is followed already would lose its subscription when it is ended.
        var own = new ArrayList<>(filters);
        own.removeAll(live);
        session.subscribe(filters, 1, true);
        boolean isBack = arrivals.await(isComplete);
        session.unsubscribe(own);
        return isBack;
    }

    /**
     * What was there before the connection was lost, and has not come again, is asked for by name as long as any of it comes. Then the rest
     * is gone.
     */
    private void readAbsent(Supplier<List<String>> absent) throws FleetException, InterruptedException {
        List<String> left = absent.get();
        boolean isAll = left.isEmpty();
        for (int round = 0; !isAll && round < MAX_ROUNDS; round++) {
            boolean isBack = true;
            for (int from = 0; from < left.size(); from += MAX_BATCH) {
                List<String> batch = left.subList(from, Math.min(from + MAX_BATCH, left.size()));
                isBack &= readOnce(batch, () -> false);
            }
            int before = left.size();
            left = absent.get();
            isAll = left.isEmpty() || (isBack && left.size() == before);
        }
        mayMissSome |= !isAll;
    }

    private List<String> absentDevices() {
        return view.devices().stream()
                .filter(device -> device.status().isPresent())
                .map(DeviceView::id)
                .filter(id -> current.device(id).flatMap(DeviceView::status).isEmpty())
                .map(id -> topics.device(id, "status"))
                .toList();
    }

    private List<String> absentServices() {
        return view.services(targets).stream()
                .filter(service -> !current.knows(service.device().id(), Optional.of(service.id())))
                .map(service -> topics.service(service.device().id(), service.id(), "status"))
                .toList();
    }

    /**
     * Whether all has come that the device says it has, though it may have more by now. What was known before does not
     * count: the broker may not have sent it again yet.
     */
    private boolean hasCome(DeviceView device) {
        return isCounted(device)
                && came.getOrDefault(device.id(), Set.of()).size()
                        >= Math.max(1, device.announcedServices().orElse(0));
    }

    private List<String> deviceFilters() {
        return filters(target -> target.deviceFilter(topics, "status"));
    }

    private List<String> serviceFilters() {
        return filters(target -> target.serviceFilter(topics, "status"));
    }

    /** One for all where a wildcard is among them, since it includes the others. */
    private List<String> filters(Function<Target, String> of) {
        var filters = new LinkedHashSet<String>();
        targets.forEach(target -> filters.add(of.apply(target)));
        Set<String> wild = new HashSet<>(filters);
        wild.removeIf(filter -> !filter.startsWith(session.prefix() + "/+/"));
        return List.copyOf(wild.isEmpty() ? filters : wild);
    }

    /** From now on each change comes, and nothing that is retained. */
    private void follow(List<String> filters) throws FleetException, InterruptedException {
        live.addAll(filters);
        session.subscribe(filters, 1, false);
    }

    @Override
    public void received(Message message) {
        Optional<Source> source = view.take(message);
        if (current != view) current.take(message);
        if (source.isEmpty()) return;
        arrivals.heard();
        source.get()
                .service()
                .ifPresent(service -> came.computeIfAbsent(source.get().device(), device -> new HashSet<>())
                        .add(service));
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isRead) return;
        vanished = Set.of();
        current = new FleetView(topics);
        readAgain();
        if (!completeness().isComplete()) return;
        vanished = view.retain(current);
        current = view;
    }
}
