package io.efka.agent.os;

import io.efka.agent.service.EfkaVariables;
import io.efka.agent.service.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A command that the agent runs beside a service (stop command, health check): killed with its whole tree when its time
 * is over. Known by {@code EFKA_SIDE}, so that it never counts as a part of the service. Thread-safe.
 */
final class SideProcess {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    /** One second of looking: what a kill does not end in that time hangs in the kernel. */
    private static final int LOOKS = 50;

    private final Kin kin;
    private final Trees trees;
    private final Work work;
    private final Timers.Timer alarm;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Consumer<OptionalInt> whenEnded;

    private SideProcess(Spawner.Spawned spawned, Order order, Trees trees, Work work, Limit limit) {
        Kin.Mark mark = Kin.Mark.side(order.marks().getOrDefault(EfkaVariables.SIDE, ""));
        this.kin = new Kin(mark, Optional.of(spawned.identity()), spawned.group());
        this.trees = trees;
        this.work = work;
        this.whenEnded = limit.whenEnded();
        this.alarm = work.after(limit.after(), this::kill);
    }

    /**
     * How long it may take, and who wants to know.
     *
     * @param whenEnded gets the exit code, once; empty when it was killed
     */
    record Limit(Duration after, Consumer<OptionalInt> whenEnded) {}

    /** Starts the command, blocking as {@link Spawner#spawn} does; {@code order} must have the mark of a side process. */
    static SideProcess start(Spawner spawner, Order order, Trees trees, Work work, Limit limit) throws LaunchRefused {
        Spawner.Spawned spawned = spawner.spawn(order);
        SideProcess side = new SideProcess(spawned, order, trees, work, limit);
        Exits.tell(spawned.process(), work, code -> side.end(OptionalInt.of(code)));
        return side;
    }

    /** Kills it and what it started; does nothing when it has ended. */
    void kill() {
        if (end(OptionalInt.empty())) killAgain(LOOKS);
    }

    private void killAgain(int times) {
        if (times == 0 || trees.isEmpty(kin)) return;
        trees.kill(kin);
        work.after(LOOK_AGAIN, () -> killAgain(times - 1));
    }

    private boolean end(OptionalInt code) {
        if (!ended.compareAndSet(false, true)) return false;
        alarm.cancel();
        kin.group().ifPresent(group -> new GroupRemoval(group, work).begin());
        whenEnded.accept(code);
        return true;
    }
}
