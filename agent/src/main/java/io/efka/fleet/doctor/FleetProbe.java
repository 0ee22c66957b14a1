package io.efka.fleet.doctor;

import com.google.gson.JsonObject;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks at the devices: what they say of themselves, and what they answer. Confined to the command's thread. */
public final class FleetProbe {
    /** So that a doctor's visit does not keep a large fleet busy. */
    private static final int MAX_ASKED = 200;

    private static final Duration ANSWERED = Duration.ofSeconds(10);
    private static final Duration LONG_AWAY = Duration.ofDays(7);
    private static final String TAKEN_OVER = "\"event\":\"(session_taken_over|device_claimed)\"";

    private final FleetSession session;
    private final InstantSource wall;
    private final SortedMap<String, Duration> clocks = new TreeMap<>();
    private final List<String> takenOver = new ArrayList<>();

    public FleetProbe(FleetSession session, InstantSource wall) {
        this.session = session;
        this.wall = wall;
    }

    /** Reads all devices, and asks some of those that are online. */
    public FleetFacts run() throws FleetException, InterruptedException {
        var snapshot = new Snapshot(session, List.of(Target.ALL));
        snapshot.read(true);
        List<DeviceView> devices = List.copyOf(snapshot.view().devices());
        List<String> online = devices.stream()
                .filter(DeviceView::isOnline)
                .map(DeviceView::id)
                .toList();
        List<String> asked = online.subList(0, Math.min(online.size(), MAX_ASKED));
        List<String> silent = ask(asked);
        var versions = new TreeMap<String, Integer>();
        var away = new ArrayList<String>();
        Instant longAgo = wall.instant().minus(LONG_AWAY);
        int services = 0;
        for (DeviceView device : devices) {
            services += Math.max(
                    device.services().size(), device.announcedServices().orElse(0));
            if (!device.isOnline()) {
                if (device.since().filter(longAgo::isAfter).isPresent()) away.add(device.id());
                continue;
            }
            device.status()
                    .flatMap(birth -> birth.text("version"))
                    .ifPresent(version -> versions.merge(version, 1, Integer::sum));
        }
        return new FleetFacts(
                devices.size(), online.size(), services, asked.size(), silent, clocks, versions, takenOver, away);
    }

    private List<String> ask(List<String> devices) throws FleetException, InterruptedException {
        if (devices.isEmpty()) return List.of();
        var requests = new Requests(session);
        Instant asked = wall.instant();
        List<Address> silent =
                requests.send(all(devices, "ping", new JsonObject()), ANSWERED, reply -> takeTime(reply, asked));
        var journal = new JsonObject();
        journal.addProperty("since", "1d");
        journal.addProperty("match", TAKEN_OVER);
        journal.addProperty("lines", 1);
        List<String> left =
                devices.stream().filter(device -> clocks.containsKey(device)).toList();
        requests.send(all(left, "events", journal), ANSWERED, this::takeJournal);
        return silent.stream().map(Address::device).toList();
    }

    private static List<Request> all(List<String> devices, String command, JsonObject arguments) {
        return devices.stream()
                .map(device -> new Request(new Address(device, Optional.empty()), command, arguments))
                .toList();
    }

    /** How long the answer was under way is not known: a time between the question and the answer is right. */
    private void takeTime(Reply reply, Instant asked) {
        Instant now = wall.instant();
        Instant said = reply.document().instant("time").orElse(now);
        Duration ahead = said.isAfter(now)
                ? Duration.between(now, said)
                : said.isBefore(asked) ? Duration.between(asked, said) : Duration.ZERO;
        clocks.put(reply.from().device(), ahead);
    }

    private void takeJournal(Reply reply) {
        if (!reply.document().objects("events").isEmpty())
            takenOver.add(reply.from().device());
    }
}
