package io.efka.fleet.view;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.Marks;
import io.efka.mqtt.LinkException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Waits until what was asked for has come, as a mark behind the request tells. Confined to the command's thread. */
final class Arrivals {
    /** After a silence of this length one asks again, whatever became of the mark. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    /** A broker that is slow, but sends. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final FleetSession session;
    private long heardAt;
    private boolean isFutile;
    private boolean isRefused;

    Arrivals(FleetSession session) {
        this.session = session;
    }

    /** Something came. */
    void heard() {
        heardAt = session.now();
    }

    /**
     * Waits for the mark, or until nothing has come for a while.
     *
     * @param isComplete counts as well once a mark did not come back
     * @return whether all has come that the broker has. A silence shows that only where the broker refuses marks, so that nothing
     *     better is to be had.
     */
    boolean await(BooleanSupplier isComplete) throws FleetException, InterruptedException {
        Marks.Mark mark = session.marks().next();
        CompletableFuture<Boolean> refused = session.publish(mark.message()).handle(Arrivals::isRefusal);
        BooleanSupplier isDone = () -> {
            isRefused |= refused.getNow(false);
            return mark.isBack() || ((isRefused || isFutile) && isComplete.getAsBoolean());
        };
        heard();
        long end = heardAt + LIMIT.toNanos();
        while (session.now() - end < 0) {
            long heard = heardAt;
            boolean isHeard = session.await(() -> isDone.getAsBoolean() || heardAt != heard, SILENCE);
            isFutile |= !isHeard;
            if (isDone.getAsBoolean()) return true;
            if (!isHeard) return isRefused;
        }
        return false;
    }

    private static boolean isRefusal(@Nullable Void done, @Nullable Throwable problem) {
        return problem instanceof LinkException refusal && refusal.isRefused();
    }
}
