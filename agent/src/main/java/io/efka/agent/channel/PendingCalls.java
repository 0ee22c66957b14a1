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
    /** Each may hold a command's payload; a service that leaves so many unanswered has other troubles. */
    static final int MAX = 1000;

    private final Timers timers;

    @GuardedBy("this") private final Map<String, PendingCall> open = new HashMap<>();

    @GuardedBy("this") private Optional<String> closed = Optional.empty();

    @GuardedBy("this") private long asked;

    PendingCalls(Timers timers) {
        this.timers = timers;
    }

    /** A question under way; {@code id} is unlike that of any other of this channel. */
    record PendingCall(String id, CompletableFuture<CallResult> answer) {}

    /** Opens a question that is answered in any case, after {@code timeout} at the latest. */
    PendingCall open(Duration timeout) {
        Optional<CallResult.Unanswered> problem;
        PendingCall call;
        synchronized (this) {
            call = new PendingCall(Long.toString(++asked), new CompletableFuture<>());
            problem = problem();
            if (problem.isEmpty()) open.put(call.id(), call);
        }
        if (problem.isPresent()) {
            call.answer().complete(problem.get());
            return call;
        }
        Timers.Timer limit = timers.schedule(timeout, () -> expire(call.id(), timeout));
        call.answer().whenComplete((answered, bug) -> limit.cancel());
        return call;
    }

    @GuardedBy("this") private Optional<CallResult.Unanswered> problem() {
        if (closed.isPresent()) return closed.map(PendingCalls::noChannel);
        if (open.size() < MAX) return Optional.empty();
        return Optional.of(new CallResult.Unanswered(
                ErrorCode.BUSY, MAX + " questions to the service are unanswered; this one was not asked"));
    }

    private void expire(String id, Duration timeout) {
        complete(
                id,
                new CallResult.Unanswered(
                        ErrorCode.TIMEOUT, "the service did not answer within " + timeout.toMillis() + " ms"));
    }

    /** Answers a question; false if there is none of that id, any more or at all. */
    boolean complete(String id, CallResult answered) {
        PendingCall call;
        synchronized (this) {
            call = open.remove(id);
        }
        if (call == null) return false;
        call.answer().complete(answered);
        return true;
    }

    /** The channel is gone: nobody will answer any more. */
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
