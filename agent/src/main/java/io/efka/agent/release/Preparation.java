package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings releases of one service onto the disk and checks them, one at a time, on a thread that may wait. Nothing that runs is
 * touched. Confined to the deployer's mailbox.
 */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

    private final ServiceId id;
    private final Pruning pruning;
    private final ReleaseFolders folders;
    private final Executor disk;
    private final Executor mailbox;
    private final Consumer<DeployEvent> tell;

    /** What returns later carries a number; an older one is ignored. */
    private long number;

    /** @param tell called on the mailbox with what came of it */
    Preparation(ServiceId id, DeployPorts ports, Pruning pruning, Executor mailbox, Consumer<DeployEvent> tell) {
        this.id = id;
        this.pruning = pruning;
        this.folders = ports.folders();
        this.disk = ports.disk();
        this.mailbox = mailbox;
        this.tell = tell;
    }

    /**
     * What is to be done for a request.
     *
     * @param work may wait for the disk; the release is whole and checked when it returns
     */
    record Plan(ReleaseId target, Work work) {}

    /** Something that may wait for the disk. */
    interface Work {
        void run() throws CommandException;
    }

    /** Refuses what cannot be deployed; does nothing yet. */
    Plan plan(DeployRequest request, DeployChecks checks) throws CommandException {
        Plan plan = request.content() instanceof DeployRequest.Content.Inline inline
                ? inline(inline)
                : stored(checks.stored(request));
        checks.requireGood(plan.target(), request);
        return plan;
    }

    private Plan inline(DeployRequest.Content.Inline content) throws CommandException {
        ReleaseFolders.Draft draft = folders.draft(id, content.request());
        ReleaseId target = ReleaseId.of(draft.name(), draft.sha256());
        return new Plan(target, () -> folders.store(id, target.value(), draft));
    }

    private Plan stored(Release release) {
        return new Plan(release.id(), () -> folders.manifest(id, release.folder(id, folders)));
    }

    /**
     * Begins, in place of what is under way.
     *
     * @param kept the releases that there are
     */
    void begin(Plan plan, ServiceReleases kept) {
        long mine = ++number;
        Set<ReleaseId> known = kept.ids();
        known.add(plan.target());
        disk.execute(() -> {
            DeployEvent outcome = outcome(plan, known);
            mailbox.execute(() -> {
                if (mine == number) tell.accept(outcome);
            });
        });
    }

    private DeployEvent outcome(Plan plan, Set<ReleaseId> known) {
        try {
            pruning.sweep(known);
            plan.work().run();
            return new DeployEvent.Prepared(plan.target());
        } catch (CommandException refusal) {
            return new DeployEvent.PreparationFailed(Problem.of(refusal));
        } catch (RuntimeException bug) { // whoever waits for the deploy gets an answer
            LOG.error("service={} preparing a release: internal error", id, bug);
            return new DeployEvent.PreparationFailed(new Problem(ErrorCode.INTERNAL, "internal error: " + bug));
        }
    }

    /** Nothing is told of what is under way. */
    void abort() {
        number++;
    }
}
