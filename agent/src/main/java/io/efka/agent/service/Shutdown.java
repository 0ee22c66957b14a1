package io.efka.agent.service;

import io.efka.agent.threads.AgentThread;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One graceful end of all services: each is told when all that depend on it are done. */
final class Shutdown {
    private final Map<ServiceId, Supervisor> supervisors;
    private final Function<Supervisor, List<ServiceId>> after;
    private final Set<ServiceId> told = new HashSet<>();
    private final Set<ServiceId> done = new HashSet<>();
    private final CountDownLatch all;

    Shutdown(Map<ServiceId, Supervisor> supervisors, Function<Supervisor, List<ServiceId>> after) {
        this.supervisors = Map.copyOf(supervisors);
        this.after = after;
        this.all = new CountDownLatch(this.supervisors.size());
    }

    /** Returns whether all were done within {@code limit}. */
    boolean run(Duration limit) throws InterruptedException {
        tellThoseThatMay();
        AgentThread.idle();
        try {
            return all.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            AgentThread.step();
        }
    }

    private synchronized void tellThoseThatMay() {
        int before = told.size();
        supervisors.forEach((id, supervisor) -> {
            if (!told.contains(id) && dependentsDone(id)) tell(id, supervisor);
        });
        // A circle of dependencies would wait for itself: then the order does not matter.
        if (told.size() == before && done.size() == before && before < supervisors.size()) {
            supervisors.forEach((id, supervisor) -> {
                if (!told.contains(id)) tell(id, supervisor);
            });
        }
    }

    private boolean dependentsDone(ServiceId id) {
        return supervisors.entrySet().stream()
                .allMatch(e ->
                        done.contains(e.getKey()) || !after.apply(e.getValue()).contains(id));
    }

    private void tell(ServiceId id, Supervisor supervisor) {
        told.add(id);
        supervisor.tell(new Event.AgentStopping(() -> isDone(id)));
    }

    private synchronized void isDone(ServiceId id) {
        if (!done.add(id)) return;
        all.countDown();
        tellThoseThatMay();
    }
}
