package io.efka.fleet.rollout;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.RetainedReader;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Steers one rollout over one connection, whose client id no other controller has at the same time: the broker throws the older one out.
 * Runs on the thread of its command. What was decided counts only when the broker has it.
 */
final class RolloutControl implements FleetSession.Listener {
    /** How often the devices are judged. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How often counts are written down that changed nothing else: every device of the group gets the document again. */
    private static final Duration REFRESH = Duration.ofSeconds(30);

    private final FleetSession session;
    private final InstantSource wall;
    private final Progress progress;
    private final String topic;
    private final String id;
    private final boolean isAfterLoss;
    private final RetainedReader reader;

    private Optional<byte[]> retained = Optional.empty();
    private Optional<String> foreign = Optional.empty();
    private boolean isMine;
    private boolean isOver;
    private Optional<Rollout> published = Optional.empty();
    private long publishedAt;

    /** Hears how it goes. */
    interface Progress {
        /** Not all of the group may have come, but so many devices did. */
        void incomplete(GroupId group, int devices);

        /** The broker has it now. */
        void published(Rollout rollout);

        /** The devices were judged. */
        void assessed(Rollout rollout, Assessment assessment);
    }

    /** Makes the rollout that is steered out of the document as it is. */
    interface Beginning {
        /** @param present {@link GroupDocument#NONE} if there is none */
        Rollout begin(GroupDocument present) throws FleetException;
    }

    /**
     * @param id of this command, which the plan gets
     * @param isAfterLoss whether the command has steered over another connection, and lost it
     */
    RolloutControl(
            FleetSession session,
            GroupId group,
            String name,
            String id,
            boolean isAfterLoss,
            InstantSource wall,
            Progress progress) {
        this.session = session;
        this.wall = wall;
        this.progress = progress;
        this.id = id;
        this.isAfterLoss = isAfterLoss;
        this.topic = new FleetTopics(session.prefix()).group(group, "desired/" + name);
        this.reader = new RetainedReader(session);
        session.listen(this);
    }

    /**
     * Steers until the rollout needs nobody any more.
     *
     * @param asked what the operator wants of it at first; empty: only that it goes on
     * @param limit after which the command ends, whatever is left
     * @return the rollout in its last state, which the broker has
     * @throws FleetException if somebody else has taken over, or the connection is lost, or nothing can be done
     */
    Rollout run(Beginning beginning, Optional<RolloutEvent> asked, Optional<Duration> limit)
            throws FleetException, InterruptedException {
        long end = session.now() + limit.orElse(Duration.ofDays(3650)).toNanos();
        reader.subscribe(List.of(topic));
        Rollout rollout = beginning.begin(present());
        if (asked.isPresent()) rollout = tell(rollout, asked.get());
        if (isOver) return rollout;
        var view = new GroupView(session, rollout.group(), rollout.plan().name(), rollout.services());
        if (!view.open()) progress.incomplete(rollout.group(), view.facts().size());
        var watch = new RolloutWatch(isAfterLoss);
        while (!isOver) {
            view.readNew();
            if (session.isInterrupted()) throw interrupted(rollout);
            Assessment assessment = watch.assess(rollout, view.facts(), session.now());
            progress.assessed(rollout, assessment);
            rollout = tell(rollout, new RolloutEvent.Assessed(assessment));
            if (isOver) break;
            rollout = refresh(rollout);
            session.await(() -> foreign.isPresent(), LOOK);
            requireMine();
            if (session.now() - end >= 0) throw late(assessment);
        }
        return rollout;
    }

    private GroupDocument present() throws FleetException {
        try {
            return retained.isPresent() ? GroupDocument.parse(retained.get()) : GroupDocument.NONE;
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.USAGE, "the document on " + topic + " cannot be used: " + e.getMessage());
        }
    }

    private Rollout tell(Rollout rollout, RolloutEvent event) throws FleetException, InterruptedException {
        RolloutStep step = rollout.on(event, wall.instant());
        for (RolloutEffect effect : step.effects()) {
            if (effect instanceof RolloutEffect.Refuse refusal) throw new FleetException(ExitCode.USAGE, refusal.why());
            if (effect instanceof RolloutEffect.Publish) publish(step.next());
            else isOver = true;
        }
        return step.next();
    }

    /** Writes counts down that have changed. */
    private Rollout refresh(Rollout rollout) throws FleetException, InterruptedException {
        boolean isDue = session.now() - publishedAt >= REFRESH.toNanos();
        boolean isNews = published.isPresent()
                && !published.get().plan().progress().equals(rollout.plan().progress());
        if (!isDue || !isNews) return rollout;
        Rollout dated = rollout.in(rollout.plan().state(), wall.instant());
        publish(dated);
        return dated;
    }

    private void publish(Rollout next) throws FleetException, InterruptedException {
        requireMine();
        byte[] payload;
        try {
            payload = next.encode();
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        var message = new Message(topic, payload, 1, true, Message.Properties.JSON);
        if (message.packetBytes() > session.maxPacket()) {
            throw new FleetException(
                    ExitCode.NOT_ALLOWED,
                    "the document has " + payload.length + " bytes, and the broker takes packets of "
                            + session.maxPacket());
        }
        session.deliver(message);
        requireMine();
        published = Optional.of(next);
        publishedAt = session.now();
        progress.published(next);
    }

    /** The rollout that the broker has last got from here. */
    Optional<Rollout> published() {
        return published;
    }

    private void requireMine() throws FleetException {
        if (foreign.isPresent()) throw new FleetException(ExitCode.BUSY, foreign.get());
    }

    private FleetException interrupted(Rollout rollout) {
        if (published.isEmpty()) return new FleetException(ExitCode.INTERRUPTED, "interrupted; nothing was published");
        String state = rollout.plan().state() instanceof Running
                ? "it stays at " + rollout.stepInWords() + ", and nobody steers it"
                : "devices go on by themselves";
        return new FleetException(
                ExitCode.INTERRUPTED,
                "interrupted: " + state + "; go on with: efka rollout resume "
                        + rollout.plan().name());
    }

    private static FleetException late(Assessment assessment) {
        return new FleetException(
                ExitCode.BUSY, "not all devices are back in time: " + RolloutText.named(assessment.goingBack()));
    }

    @Override
    public void received(Message message) {
        if (!message.topic().equals(topic)) return;
        Optional<RolloutPlan.Controller> controller = controller(message.payload());
        if (controller.filter(one -> one.id().equals(id)).isPresent()) {
            isMine = true;
        } else if (isMine) {
            // What was sent before the own document came back has been overwritten by it.
            foreign = Optional.of(controller
                    .map(one -> one.by() + " has taken over (epoch " + one.epoch() + "); this command steers no more")
                    .orElse("somebody has published another document; this command steers no more"));
        }
        retained = Optional.of(message.payload());
    }

    private static Optional<RolloutPlan.Controller> controller(byte[] payload) {
        try {
            return Rollout.of(GroupId.ALL, GroupDocument.parse(payload))
                    .map(rollout -> rollout.plan().controller());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
