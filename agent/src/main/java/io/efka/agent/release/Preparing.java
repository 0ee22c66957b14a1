package io.efka.agent.release;

import io.efka.protocol.ErrorCode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The release is fetched, unpacked and checked, while the one before runs. Nothing of this is on disk but what was asked for:
 * an agent that was killed begins again, with what was downloaded.
 *
 * @param transfer how far the download is; empty while there is none
 */
record Preparing(Stage stage, Instant since, Optional<Transfer> transfer) implements DeployState.Pending {
    Preparing(Stage stage, Instant since) {
        this(stage, since, Optional.empty());
    }

    /** What is being done; on the wire in lower case. */
    enum Stage {
        QUEUED,
        DOWNLOADING,
        VERIFYING
    }

    /**
     * A download under way.
     *
     * @param bytes that are there, of {@code size}
     * @param waiting why no source can be used now; empty while one is
     */
    record Transfer(long bytes, long size, Optional<String> waiting) {
        private static final int WHOLE = 100;

        long percent() {
            return bytes * WHOLE / size;
        }

        /** As a status and an event have it. */
        Map<String, Object> fields() {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("bytes", bytes);
            fields.put("size", size);
            fields.put("percent", percent());
            waiting.ifPresent(why -> fields.put("waiting", why));
            return fields;
        }
    }

    @Override
    public String visible() {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now) {
        Instant begun = event.stage() == stage ? since : now;
        return deploy.move(new Preparing(event.stage(), begun, event.transfer()));
    }

    @Override
    public DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now) {
        return deploy.of(event.target()).move(new Staged(now)).then(new DeployEffect.AwaitTurn());
    }

    @Override
    public DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now) {
        return deploy.end(new Ended(DeployResult.failed(event.problem()), now));
    }

    @Override
    public DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return given(event, deploy, now).then(new DeployEffect.Abort());
    }

    /** Nothing has changed on the device yet. */
    static DeployStep given(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        var problem = new DeployResult.Problem(ErrorCode.CANCELLED, event.why() + "; nothing was changed");
        return deploy.end(Ended.of(event.outcome(), problem, now));
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        var problem = new DeployResult.Problem(ErrorCode.INTERRUPTED, "the agent ended before anything was changed");
        return deploy.end(Ended.of(DeployResult.Outcome.FAILED, problem, now));
    }
}
