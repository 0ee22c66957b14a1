package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.protocol.ErrorCode;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The calls of one channel that its service has not answered yet. Thread-safe; futures complete outside any lock. */
final class PendingCalls {
    /** Calls of one channel. Each may hold a command's payload. */
    static final int MAX = 1000;

    private final Timers timers;

    @GuardedBy("this") private final Map<String, PendingCall> open = new HashMap<>();

    @GuardedBy("this") private Optional<String> closed = Optional.empty();

    @GuardedBy("this") private long lastId;

    PendingCalls(Timers timers) {
        this.timers = timers;
    }

    /**
     * A call without an answer yet.
     *
     * @param id unique within the channel
     */
    record PendingCall(String id, CompletableFuture<CallResult> answer) {}

    /** Opens a call. Its future completes in any case, after {@code timeout} at the latest. */
    PendingCall open(Duration timeout) {
        Optional<CallResult.Unanswered> refusal;
        PendingCall call;
        synchronized (this) {
            call = new PendingCall(Long.toString(++lastId), new CompletableFuture<>());
            refusal = refusal();
            if (refusal.isEmpty()) open.put(call.id(), call);
        }
        if (refusal.isPresent()) {
            call.answer().complete(refusal.get());
            return call;
        }
        Timers.Timer limit = timers.schedule(timeout, () -> expire(call.id(), timeout));
        call.answer().whenComplete((answered, bug) -> limit.cancel());
        return call;
    }

    @GuardedBy("this") private Optional<CallResult.Unanswered> refusal() {
        if (closed.isPresent()) return closed.map(PendingCalls::noChannel);
        if (open.size() < MAX) return Optional.empty();
        return Optional.of(new CallResult.Unanswered(
                ErrorCode.BUSY, MAX + " calls to the service are unanswered; this one was not sent"));
    }

    private void expire(String id, Duration timeout) {
        complete(
                id,
                new CallResult.Unanswered(
                        ErrorCode.TIMEOUT, "the service did not answer within " + timeout.toMillis() + " ms"));
    }

    /** Completes a call; returns false if there is none with that id, or none any more. */
    boolean complete(String id, CallResult answered) {
        PendingCall call;
        synchronized (this) {
            call = open.remove(id);
        }
        if (call == null) return false;
        call.answer().complete(answered);
        return true;
    }

    /** The channel is closed: completes all open calls, and every later one at once. */
    void close(String why) {
        List<PendingCall> left;
        synchronized (this) {
            if (closed.isPresent()) return;
            closed = Optional.of(why);
            left = List.copyOf(open.values());
            open.clear();
        }
        for (PendingCall call : left) call.answer().complete(noChannel(why));
    }

    private static CallResult.Unanswered noChannel(String why) {
        return new CallResult.Unanswered(ErrorCode.NO_CHANNEL, why);
    }
}
