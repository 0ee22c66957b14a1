package io.efka.agent.supervision;

import io.efka.protocol.Cause;
import io.efka.protocol.Exit;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.LastExit;
import io.efka.protocol.ServiceStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What an operator reads of a service in the agent's log: one sentence for each change of state, and one when a crash loop begins
 * or ends. Says nothing of what the service wrote.
 */
record Transition(ServiceStatus before, ServiceStatus now) {
    private static final Set<Cause.Kind> FAILURES = EnumSet.of(
            Cause.Kind.LAUNCH_FAILED,
            Cause.Kind.NOT_READY,
            Cause.Kind.HEALTH,
            Cause.Kind.WATCHDOG,
            Cause.Kind.RUN_TIMEOUT,
            Cause.Kind.LIMIT,
            Cause.Kind.INVALID_MANIFEST,
            Cause.Kind.INTERNAL);

    /** Whether somebody should look: it crashed, was killed for want of memory, or failed in another way. */
    boolean isWarning() {
        if (newExit().filter(Exit::oom).isPresent()) return true;
        if (now.state() == State.FAILED) return true;
        if (now.cause().kind() == Cause.Kind.EXIT)
            return newExit().filter(exit -> !exit.isClean()).isPresent();
        return FAILURES.contains(now.cause().kind()) && !now.cause().equals(before.cause());
    }

    /** The change of state; empty if the state is the same and no run ended. */
    Optional<String> sentence(Instant at) {
        if (before.state() == now.state() && newExit().isEmpty()) return Optional.empty();
        var sentence = new StringJoiner(", ");
        sentence.add(why());
        if (now.state() == State.RUNNING && now.pid().isPresent())
            sentence.add("pid " + now.pid().getAsLong());
        now.nextAttempt().ifPresent(next -> sentence.add("starts again in " + in(Duration.between(at, next))));
        if (now.state() == State.BACKOFF) sentence.add("restarts so far: " + now.restarts());
        if (now.state() == State.FAILED) sentence.add("is not started again by itself");
        return Optional.of("service=" + now.id() + " state=" + before.state() + "->" + now.state() + " " + sentence);
    }

    /** Empty unless a crash loop begins or ends. */
    Optional<String> crashLoop(Duration window) {
        if (before.crashLoop() == now.crashLoop()) return Optional.empty();
        String service = "service=" + now.id();
        return Optional.of(
                now.crashLoop()
                        ? service + " crash loop: it failed more than " + RestartPolicy.CRASH_LOOP + " times within "
                                + in(window)
                        : service + " crash loop is over");
    }

    private String why() {
        Optional<Exit> ended = newExit();
        if (ended.filter(Exit::oom).isPresent()) return "killed by the kernel for want of memory (OOM)";
        Cause cause = now.cause();
        Optional<String> what = cause.message();
        return switch (cause.kind()) {
            case COMMAND ->
                "by command" + cause.commandId().map(id -> ", id " + id).orElse("") + how(ended);
            case EXIT ->
                ended.isPresent()
                        ? Transitions.describe(ended.get())
                        : "after it " + Transitions.describe(cause.signal(), cause.code());
            case ROLLBACK -> words("rollback" + how(ended), what);
            case LAUNCH_FAILED ->
                ended.map(exit -> Transitions.describe(exit) + " before it was seen running")
                        .orElseGet(() -> isExit(cause)
                                ? "after it " + Transitions.describe(cause.signal(), cause.code())
                                : words("not launched", what));
            case NOT_READY -> words("was not ready in time", what);
            case HEALTH -> words("its health check failed", what);
            case WATCHDOG -> words("it did not report that it is alive", what);
            case DEPENDENCY -> what.orElse("waits for another service");
            case AGENT_START -> words("the agent has started", what);
            case AGENT_STOP -> "the agent ends";
            case ADOPTED -> "found alive after the agent's restart; the service itself was not restarted";
            case LIMIT -> words("failed too often", what);
            case INVALID_MANIFEST -> words("its manifest cannot be used", what);
            // Kinds whose own name is plain enough.
            default -> words(cause.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '), what);
        };
    }

    private static String how(Optional<Exit> ended) {
        return ended.map(exit -> ", " + Transitions.describe(exit)).orElse("");
    }

    private static String words(String what, Optional<String> more) {
        return what + more.map(text -> ": " + text).orElse("");
    }

    private static boolean isExit(Cause cause) {
        return cause.code().isPresent() || cause.signal().isPresent();
    }

    private Optional<Exit> newExit() {
        if (before.lastExit().equals(now.lastExit())) return Optional.empty();
        return now.lastExit().map(LastExit::exit);
    }

    private static String in(Duration time) {
        Duration left = time.isNegative() ? Duration.ZERO : time;
        return left.toMillis() < 10_000 ? left.toMillis() + " ms" : left.toSeconds() + " s";
    }
}
