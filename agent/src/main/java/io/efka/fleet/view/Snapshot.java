package io.efka.fleet.view;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.Marks;
import io.efka.fleet.session.RetainedReader;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

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

    /** Nothing more comes after a silence of this length, whatever became of the mark. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    /** A broker that is slow, but sends. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How often the devices' statuses are asked for until nothing new comes. */
    private static final int MAX_ROUNDS = 6;

    private final FleetSession session;
    private final FleetTopics topics;
    private final List<Target> targets;
    private final FleetView view;

    private final Set<String> live = new LinkedHashSet<>();
    private long heardAt;
    private boolean mayMissDevices;
    private boolean isMarkFutile;
    private boolean isRead;
    private boolean withServices;

    /** Topics of the statuses that have come since the connection began. */
    private final Set<String> seen = new HashSet<>();

    private Set<String> vanished = Set.of();

    /** The services that came of each device since the last request. */
    private final Map<String, Set<String>> came = new HashMap<>();

    /** @param targets of which devices and services; all others are left out where that is cheap */
    public Snapshot(FleetSession session, List<Target> targets) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.targets = List.copyOf(targets);
        this.view = new FleetView(topics);
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
        if (withServices) readServices(view.devices(targets));
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
        return Completeness.of(view.devices(targets), withServices && !isOneServiceEach(), mayMissDevices);
    }

    /** Whether the targets name single services, so that nobody can say how many there should be. */
    private boolean isOneServiceEach() {
        return targets.stream().allMatch(target -> target.singleService().isPresent());
    }

    private void readDevices() throws FleetException, InterruptedException {
        List<String> filters = deviceFilters();
        boolean isEach = filters.stream().noneMatch(filter -> filter.contains(FleetTopics.ANY));
        int before = -1;
        int round = 0;
        while (view.devices().size() > before && round < MAX_ROUNDS) {
            before = view.devices().size();
            session.subscribe(filters, isEach ? 1 : 0, true);
            awaitMark(() -> false);
            round++;
            if (isEach) break;
        }
        mayMissDevices = !isEach && view.devices().size() > before;
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
    }

    /** If halves bring what the whole did not, the broker has dropped some of it, and may have of the halves as well. */
    private void verify(List<DeviceView> batch) throws FleetException, InterruptedException {
        if (batch.size() < 2) return;
        List<DeviceView> first = batch.subList(0, batch.size() / 2);
        List<DeviceView> second = batch.subList(batch.size() / 2, batch.size());
        int before = services(batch);
        readBatch(first);
        readBatch(second);
        if (services(batch) == before) return;
        verify(first);
        verify(second);
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
        // A filter that is followed already would lose its subscription when it is ended.
        var own = new ArrayList<>(filters);
        own.removeAll(live);
        came.clear();
        session.subscribe(List.copyOf(filters), 1, true);
        awaitMark(() -> batch.stream().allMatch(this::hasCome));
        session.unsubscribe(own);
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

    /** Waits for the mark, or until nothing has come for a while; where there is no mark, for the condition. */
    private void awaitMark(BooleanSupplier isComplete) throws FleetException, InterruptedException {
        Marks.Mark mark = session.marks().next();
        CompletableFuture<Void> sent = session.publish(mark.message());
        BooleanSupplier isDone = () -> {
            isMarkFutile |= sent.isCompletedExceptionally();
            return mark.isBack() || (isMarkFutile && isComplete.getAsBoolean());
        };
        heardAt = session.now();
        long end = heardAt + LIMIT.toNanos();
        while (session.now() - end < 0) {
            long heard = heardAt;
            boolean isHeard = session.await(() -> isDone.getAsBoolean() || heardAt != heard, SILENCE);
            isMarkFutile |= !isHeard;
            if (!isHeard || isDone.getAsBoolean()) return;
        }
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
        if (source.isEmpty()) return;
        heardAt = session.now();
        if (message.payload().length > 0) seen.add(message.topic());
        else seen.remove(message.topic());
        source.get()
                .service()
                .ifPresent(service -> came.computeIfAbsent(source.get().device(), device -> new HashSet<>())
                        .add(service));
    }

    @Override
    public void lost(String reason) {
        seen.clear();
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isRead) return;
        readAgain();
        vanished = completeness().isComplete() ? view.retain(seen) : Set.of();
    }
}
