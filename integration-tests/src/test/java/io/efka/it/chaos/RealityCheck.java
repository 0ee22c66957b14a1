package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Compares, ten times a second, the newest status document of every service with {@code /proc}, and looks for a second copy.
 * A document may be wrong for a while, and for any time while broker or agent are away. Runs on a thread of its own.
 */
final class RealityCheck {
    private static final long STUCK = Duration.ofSeconds(20).toNanos();

    private final ServiceProcesses processes;
    private final Conditions conditions;
    private final Notes notes;
    private final long patience;
    private final Map<String, JsonObject> documents = new ConcurrentHashMap<>();
    private final Map<String, Doubt> doubts = new HashMap<>();
    private final Set<String> copies = new HashSet<>();
    private final Thread thread = new Thread(this::run, "reality-check");
    private long longestDoubt;
    private volatile long looks;
    private volatile boolean ending;

    /** Something that does not fit, since when. */
    private record Doubt(long since, String what, boolean told) {}

    /** @param patience for this long a document may be wrong */
    RealityCheck(ServiceProcesses processes, Conditions conditions, Notes notes, Duration patience) {
        this.processes = processes;
        this.conditions = conditions;
        this.notes = notes;
        this.patience = patience.toNanos();
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void end() throws InterruptedException {
        ending = true;
        thread.join();
        notes.seen("looks at /proc", looks);
        notes.seen("longest time a status was behind reality, ms", longestDoubt / 1_000_000);
    }

    long looks() {
        return looks;
    }

    /** A status document came. */
    void document(String service, JsonObject document) {
        documents.put(service, document);
    }

    /** The status topic was cleared. */
    void cleared(String service) {
        documents.remove(service);
    }

    private void run() {
        while (!ending) {
            // The document first: what it says was true before the look, if it is not newer.
            Map<String, JsonObject> said = Map.copyOf(documents);
            Map<String, List<ServiceProcesses.Seen>> mains = processes.find().stream()
                    .filter(ServiceProcesses.Seen::isMain)
                    .collect(Collectors.groupingBy(ServiceProcesses.Seen::service));
            mains.forEach(this::countCopies);
            said.forEach((service, document) -> check(service, document, mains.getOrDefault(service, List.of())));
            looks = looks + 1;
            Commander.pause(100);
        }
    }

    private void countCopies(String service, List<ServiceProcesses.Seen> mains) {
        if (mains.size() < 2 || !mains.stream().allMatch(processes::isAlive)) return;
        if (copies.add(mains.toString())) notes.passed(Verdict.COPIES, service + ": " + mains);
    }

    private void check(String service, JsonObject document, List<ServiceProcesses.Seen> mains) {
        Optional<String> lie = lie(document, mains);
        if (!conditions.isCalm() || lie.isEmpty()) {
            doubts.remove(service);
            return;
        }
        long now = System.nanoTime();
        Doubt before = doubts.get(service);
        boolean isPending = lie.get().startsWith("still");
        if (before == null || (isPending && !before.what().equals(lie.get()))) {
            doubts.put(service, new Doubt(now, lie.get(), false));
            return;
        }
        if (!isPending) longestDoubt = Math.max(longestDoubt, now - before.since());
        if (before.told() || now - before.since() < (isPending ? STUCK : patience)) return;
        notes.passed(Verdict.LYING_STATUS, service + ": " + lie.get() + "; " + document);
        doubts.put(service, new Doubt(before.since(), lie.get(), true));
    }

    private static Optional<String> lie(JsonObject document, List<ServiceProcesses.Seen> mains) {
        String state = document.get("state").getAsString();
        return switch (state) {
            case "running" -> {
                long pid = document.get("pid").getAsLong();
                boolean isThere = mains.stream().anyMatch(main -> main.pid() == pid);
                yield isThere ? Optional.empty() : Optional.of("running, but alive is " + mains);
            }
            case "stopped", "backoff", "failed" ->
                mains.isEmpty() ? Optional.empty() : Optional.of(state + ", but alive is " + mains);
            default -> Optional.of("still " + state + " since " + document.get("since"));
        };
    }
}
