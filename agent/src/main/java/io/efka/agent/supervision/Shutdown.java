package io.efka.agent.supervision;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.ServiceId;
import io.efka.threads.AgentThread;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One graceful end of all services: each is told when all that depend on it are done. */
final class Shutdown {
    private final Map<ServiceId, Supervisor> supervisors;
    private final Function<Supervisor, List<ServiceId>> after;

    @GuardedBy("this") private final Set<ServiceId> told = new HashSet<>();

    @GuardedBy("this") private final Set<ServiceId> done = new HashSet<>();

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

    private void tellThoseThatMay() {
        for (ServiceId id : thoseThatMay()) {
            Objects.requireNonNull(supervisors.get(id)).tell(new Event.AgentStopping(() -> isDone(id)));
        }
    }

    /** They count as told from now on. */
    private synchronized Set<ServiceId> thoseThatMay() {
        var waiting = new HashSet<ServiceId>(supervisors.keySet());
        waiting.removeAll(told);
        var next = new HashSet<ServiceId>();
        for (ServiceId id : waiting) {
            if (dependentsDone(id)) next.add(id);
        }
        // A circle of dependencies would wait for itself: then the order does not matter.
        boolean isCircle = next.isEmpty() && done.size() == told.size();
        if (isCircle) next.addAll(waiting);
        told.addAll(next);
        return next;
    }

    @GuardedBy("this") private boolean dependentsDone(ServiceId id) {
        for (Map.Entry<ServiceId, Supervisor> one : supervisors.entrySet()) {
            boolean isOver = done.contains(one.getKey());
            if (!isOver && after.apply(one.getValue()).contains(id)) return false;
        }
        return true;
    }

    private void isDone(ServiceId id) {
        synchronized (this) {
            if (!done.add(id)) return;
        }
        all.countDown();
        tellThoseThatMay();
    }
}
