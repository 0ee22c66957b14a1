package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.threads.FatalErrors;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Brings releases of one service onto the disk and checks them, one at a time. Nothing that runs is touched. Confined to the
 * deployer's mailbox.
 */
final class Preparation {
    private final ServiceId id;
    private final DeployPorts ports;
    private final ReleaseFolders folders;
    private final ReleaseCheck check;
    private final Pruning pruning;
    private final Executor mailbox;
    private final Consumer<DeployEvent> tell;
    private Optional<PreparationRun> current = Optional.empty();

    /** Completes when nothing is at work of what was begun and ended. */
    private CompletableFuture<?> aborted = CompletableFuture.completedFuture(true);

    /** @param tell called on the mailbox with what came of it */
    Preparation(ServiceId id, DeployPorts ports, Pruning pruning, Executor mailbox, Consumer<DeployEvent> tell) {
        this.id = id;
        this.ports = ports;
        this.folders = ports.folders();
        this.check = new ReleaseCheck(ports.services(), ports.programs());
        this.pruning = pruning;
        this.mailbox = mailbox;
        this.tell = tell;
    }

    /**
     * What is to be done for a request.
     *
     * @param target the release; of an artifact, what it is called before its manifest is known
     * @param first the stage that it begins with
     * @param check what can be found wrong before anything is done; may wait for the disk
     */
    record Plan(ReleaseId target, Preparing.Stage first, Work work, PreparationRun.Step check) {}

    /** Makes a release, and tells the run how it gets on, until it is prepared or has failed. Does not block. */
    interface Work {
        void begin(PreparationRun run);
    }

    /** Refuses what cannot be deployed; does nothing yet. */
    Plan plan(DeployRequest request, DeployChecks checks) throws CommandException {
        Plan plan;
        if (request.content() instanceof Content.Inline inline) plan = inline(inline, checks);
        else if (request.content() instanceof Content.Fetched fetched) plan = fetched(fetched, request, checks);
        else plan = stored(checks.stored(request));
        checks.requireGood(plan.target(), request);
        return plan;
    }

    private Plan inline(Content.Inline content, DeployChecks checks) throws CommandException {
        ReleaseFolders.Draft draft = draft(content, checks.releases());
        var target = new ReleaseId(draft.folderName());
        boolean isKnown = checks.releases().find(target).isPresent();
        PreparationRun.Step dry = () -> check.requireDraft(draft, folders.folder(id, target.value()));
        return onDisk(target, dry, () -> {
            // One that is there may run, whether it is known or not.
            boolean isNew = !isKnown && !folders.stored(id).contains(target.value());
            Path folder = store(target, draft);
            try {
                check.require(folders.manifest(id, folder), folder);
            } catch (CommandException refusal) {
                if (isNew) folders.delete(id, target.value());
                throw refusal;
            }
        });
    }

    /** What came with a command is small, but a disk that is full has no room for it either. */
    private Path store(ReleaseId target, ReleaseFolders.Draft draft) throws CommandException {
        try {
            return folders.store(id, target.value(), draft);
        } catch (CommandException refusal) {
            var room = new DiskRoom(folders, ports.artifacts().downloads(), Optional.empty());
            if (refusal.code() != ErrorCode.DISK_FULL || !room.makeMore(draft.size())) throw refusal;
            return folders.store(id, target.value(), draft);
        }
    }

    private ReleaseFolders.Draft draft(Content.Inline content, ServiceReleases releases) throws CommandException {
        Optional<Release> base =
                releases.current().filter(unused -> content.keepsOthers()).flatMap(releases::find);
        if (base.isEmpty()) return folders.draft(id, content.request());
        Path folder = base.get().folder(id, folders);
        return folders.over(id, base.get().id().value(), folder, content.request());
    }

    private Plan stored(Release release) {
        Path folder = release.folder(id, folders);
        PreparationRun.Step verify = () -> check.require(folders.manifest(id, folder), folder);
        return onDisk(release.id(), verify, verify);
    }

    private Plan onDisk(ReleaseId target, PreparationRun.Step dry, PreparationRun.Step step) {
        return new Plan(
                target,
                Preparing.Stage.VERIFYING,
                run -> run.on(
                        ports.disk(),
                        () -> {
                            step.run();
                            run.tell(new DeployEvent.Prepared(target));
                        },
                        () -> {}),
                dry);
    }

    private Plan fetched(Content.Fetched content, DeployRequest request, DeployChecks checks) {
        var release = new ArtifactRelease(id, ports, check, content, request, checks);
        return new Plan(release.target(), Preparing.Stage.QUEUED, release, release::check);
    }

    /** Looks for what is wrong and changes nothing; {@code answer} completes with {@code result}, or what was found. */
    <T> void check(Plan plan, T result, CompletableFuture<T> answer) {
        ports.disk().execute(() -> {
            try {
                plan.check().run();
                answer.complete(result);
            } catch (CommandException refusal) {
                answer.completeExceptionally(refusal);
            } catch (RuntimeException bug) { // whoever asked gets an answer
                answer.completeExceptionally(bug);
            }
        });
    }

    /**
     * Begins, in place of what is under way.
     *
     * @param kept the releases that there are
     */
    void begin(Plan plan, ServiceReleases kept) {
        abort();
        var run = new PreparationRun(id, mailbox, tell);
        current = Optional.of(run);
        Set<ReleaseId> known = kept.ids();
        known.add(plan.target());
        pruning.afterwards(() -> run.on(
                ports.disk(),
                () -> {
                    pruning.sweep(known); // before what is made has a folder of its own
                    plan.work().begin(run);
                },
                () -> {}));
    }

    /** Nothing is told of what is under way. */
    void abort() {
        current.ifPresent(run -> aborted = CompletableFuture.allOf(aborted, run.cancel()));
        current = Optional.empty();
    }

    /** Runs {@code work} on the mailbox when nothing is at work any more of what was aborted. */
    void afterwards(Runnable work) {
        aborted.whenComplete(FatalErrors.top((ended, never) -> mailbox.execute(work)));
    }
}
