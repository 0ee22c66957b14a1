package io.efka.fleet.doctor;

import io.efka.fleet.doctor.BrokerFacts.Publication;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Publishes probes, and keeps what comes back. Confined to the command's thread. */
final class ProbeSession implements FleetSession.Listener {
    /** Nothing more comes after a silence of this length. */
    private static final Duration SILENCE = Duration.ofMillis(1500);

    private static final Duration ACKNOWLEDGED = Duration.ofSeconds(10);

    /** Fits into the link's queue. */
    private static final int WINDOW = 100;

    /** If this program is killed before it clears them, the broker does. */
    private static final long GONE_AFTER = 300;

    private final FleetSession session;
    private final ProbeTopics topics;
    private final List<Message> came = new ArrayList<>();
    private final List<String> retained = new ArrayList<>();

    ProbeSession(FleetSession session) {
        this.session = session;
        this.topics = ProbeTopics.of(session);
        session.listen(this);
    }

    ProbeTopics topics() {
        return topics;
    }

    FleetSession session() {
        return session;
    }

    @Override
    public void received(Message message) {
        if (message.topic().contains("/" + topics.device() + "/")) came.add(message);
    }

    /** A message that is not retained. The queue of a session that is left behind loses it soon. */
    Message message(String topic, byte[] payload) {
        return new Message(topic, payload, 1, false, expiring(GONE_AFTER));
    }

    /** A retained one, which is cleared in the end, and expires by itself if that fails. */
    Message retained(String topic, byte[] payload, long expirySeconds) {
        retained.add(topic);
        return new Message(topic, payload, 1, true, expiring(Math.min(expirySeconds, GONE_AFTER)));
    }

    private static Properties expiring(long seconds) {
        return new Properties(
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.of(seconds), List.of());
    }

    static long longest() {
        return GONE_AFTER;
    }

    /**
     * Publishes in windows.
     *
     * @param limit for all of them; those after a refusal are not tried
     */
    Publication publish(List<Message> messages, Duration limit) throws FleetException, InterruptedException {
        long end = session.now() + limit.toNanos();
        int done = 0;
        for (int from = 0; from < messages.size(); from += WINDOW) {
            List<CompletableFuture<Void>> window =
                    messages.subList(from, Math.min(from + WINDOW, messages.size())).stream()
                            .map(session::publish)
                            .toList();
            await(() -> window.stream().allMatch(CompletableFuture::isDone), Duration.ofNanos(end - session.now()));
            int accepted = (int) window.stream()
                    .filter(one -> one.isDone() && !one.isCompletedExceptionally())
                    .count();
            done += accepted;
            if (accepted < window.size()) return new Publication(messages.size(), done, refusal(window));
        }
        return Publication.whole(done);
    }

    private static Optional<String> refusal(List<CompletableFuture<Void>> window) {
        return window.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .map(one -> one.handle((done, why) -> String.valueOf(why.getMessage()))
                        .join())
                .findFirst();
    }

    /** Subscribes, and collects what comes until there are {@code most}, or nothing comes any more. */
    List<Message> read(String filter, int most) throws FleetException, InterruptedException {
        came.clear();
        session.subscribe(List.of(filter), 1, true);
        int before = -1;
        while (came.size() > before && came.size() < most) {
            before = came.size();
            int seen = before;
            await(() -> came.size() > seen, SILENCE);
        }
        session.unsubscribe(List.of(filter));
        return List.copyOf(came);
    }

    /** Whether such a message comes. */
    boolean comes(Predicate<Message> wanted, Duration limit) throws FleetException, InterruptedException {
        return await(() -> came.stream().anyMatch(wanted), limit);
    }

    List<Message> came() {
        return List.copyOf(came);
    }

    /** As the session's, but an interrupt ends the probing. */
    boolean await(java.util.function.BooleanSupplier done, Duration limit) throws FleetException, InterruptedException {
        boolean isDone = session.await(done, limit);
        if (session.isInterrupted()) throw new FleetException(ExitCode.INTERRUPTED, "interrupted");
        return isDone;
    }

    /**
     * Clears all that was published retained, also after an interrupt.
     *
     * @return what may be left, in words; empty if all was cleared
     */
    Optional<String> clear() throws InterruptedException {
        List<CompletableFuture<Void>> cleared = new ArrayList<>();
        try {
            for (String topic : retained) {
                Message nothing = new Message(topic, new byte[0], 1, true, Properties.NONE);
                cleared.add(session.publish(nothing).exceptionallyCompose(ProbeSession::unlessRefused));
                if (cleared.size() % WINDOW == 0) settle(cleared);
            }
            settle(cleared);
            retained.clear();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of(retained.size() + " probes may be left below " + topics.probe("")
                    + "; they expire within " + GONE_AFTER + " s");
        }
    }

    /** Where nothing may be cleared, nothing was published. */
    private static CompletableFuture<Void> unlessRefused(Throwable problem) {
        boolean isRefused = problem instanceof LinkException refusal && refusal.isRefused();
        return isRefused ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(problem);
    }

    private static void settle(List<CompletableFuture<Void>> window)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture.allOf(window.toArray(CompletableFuture[]::new))
                .get(ACKNOWLEDGED.toMillis(), TimeUnit.MILLISECONDS);
        window.clear();
    }
}
