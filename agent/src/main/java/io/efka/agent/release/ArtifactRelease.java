package io.efka.agent.release;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.artifact.CachedArtifact;
import io.efka.agent.artifact.Download;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.artifact.archive.ArchiveUnpacker;
import io.efka.agent.artifact.archive.BadArchiveException;
import io.efka.agent.artifact.archive.NoRoomException;
import io.efka.agent.artifact.archive.UnpackLimits;
import io.efka.agent.install.StagedRelease;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.FatalErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A release that is made of an archive: fetched, unpacked, checked, and stored in one step. The fetching has threads of its
 * own; the unpacking has one for the whole device; a program that is looked at may be on a mount that hangs.
 */
final class ArtifactRelease implements Preparation.Work {
    private static final int NAME_DIGITS = 12;

    private final ServiceId id;
    private final DeployPorts ports;
    private final ReleaseCheck check;
    private final Content.Fetched content;
    private final DeployRequest request;
    private final DeployChecks checks;
    private final ArtifactRef artifact;
    private final DiskRoom room;

    ArtifactRelease(
            ServiceId id,
            DeployPorts ports,
            ReleaseCheck check,
            Content.Fetched content,
            DeployRequest request,
            DeployChecks checks) {
        this.id = id;
        this.ports = ports;
        this.check = check;
        this.content = content;
        this.request = request;
        this.checks = checks;
        this.artifact = content.artifact();
        this.room = new DiskRoom(ports.folders(), ports.artifacts().downloads(), Optional.of(artifact));
    }

    /** What it is, or is called until its manifest is known. */
    ReleaseId target() {
        return checks.releases().of(artifact.hash()).map(Release::id).orElseGet(() -> named(Optional.empty()));
    }

    private ReleaseId named(Optional<String> byManifest) {
        String digits = artifact.hash().hex().substring(0, NAME_DIGITS);
        return ReleaseId.of(
                byManifest.or(content::release).orElse(digits), artifact.hash().hex());
    }

    @Override
    public void begin(PreparationRun run) {
        run.on(
                ports.disk(),
                () -> {
                    Optional<Path> stored = stored();
                    if (stored.isEmpty()) {
                        fetch(run);
                        return;
                    }
                    require(stored.get());
                    run.tell(new DeployEvent.Prepared(target(), Optional.of(artifact.hash())));
                },
                () -> {});
    }

    /** Asks no source: whether one can be reached is another matter when the deploy comes. */
    void check() throws CommandException {
        Optional<Path> stored = stored();
        if (stored.isEmpty()) {
            long needed = needed(ports.artifacts().downloads().missing(artifact));
            if (room.possible() < needed) throw noRoom(needed, ports.folders().room());
            return;
        }
        require(stored.get());
    }

    /** What was unpacked before and is still there need not be fetched. It may run: it is replaced when a whole one is there. */
    private Optional<Path> stored() {
        return checks.releases()
                .of(artifact.hash())
                .map(known -> known.folder(id, ports.folders()))
                .filter(folder -> !ports.folders().isDamaged(id, folder));
    }

    private void require(Path folder) throws CommandException {
        Manifest manifest = ports.folders().manifest(id, folder);
        requireName(manifest);
        check.require(manifest, folder);
    }

    private void fetch(PreparationRun run) throws CommandException {
        Downloads downloads = ports.artifacts().downloads();
        long needed = needed(downloads.missing(artifact));
        long free = room.make(needed);
        if (free < needed) throw noRoom(needed, free);
        Download download = downloads.start(artifact, new TransferNews(run, ports.timers(), artifact.size()));
        run.cancellation().onCancel(download::cancel);
        download.result().whenComplete(FatalErrors.top((fetched, problem) -> fetched(run, fetched, problem)));
    }

    /** Once as an archive and once unpacked, if it does not shrink; a tenth stays free. */
    private long needed(long missing) {
        long bytes = missing + artifact.size();
        return bytes + bytes / 10;
    }

    private CommandException noRoom(long needed, long free) {
        return new CommandException(
                ErrorCode.DISK_FULL,
                "an artifact of " + artifact.size() + " bytes needs " + needed
                        + " bytes on the disk to be fetched and unpacked, with 10 % to spare; " + free + " are free");
    }

    private void fetched(PreparationRun run, @Nullable CachedArtifact fetched, @Nullable Throwable problem) {
        if (fetched != null) run.on(ports.artifacts().unpackers(), () -> unpack(run, fetched), fetched::close);
        else if (problem instanceof CommandException refusal) run.failed(refusal);
        else if (!(problem instanceof CancellationException))
            FatalErrors.thrown(this, new IllegalStateException(problem));
    }

    private void unpack(PreparationRun run, CachedArtifact fetched) throws CommandException {
        run.tell(new DeployEvent.StageReached(Preparing.Stage.VERIFYING));
        Optional<StagedRelease> staged = Optional.empty();
        while (staged.isEmpty()) staged = attempt(run, fetched);
        StagedRelease whole = staged.get();
        run.on(ports.disk(), () -> store(run, whole), whole::close);
    }

    /** What an archive unpacks to is known when it is unpacked. Empty: there was no room, and there is more now. */
    private Optional<StagedRelease> attempt(PreparationRun run, CachedArtifact fetched) throws CommandException {
        StagedRelease staged = ports.folders().stage(id);
        boolean isHandedOver = false;
        // A tenth of what is unpacked stays free.
        long free = ports.folders().room() / 11 * 10;
        try {
            var limits = UnpackLimits.DEFAULT
                    .withBytes(ports.artifacts().maxUnpacked())
                    .withRoom(free);
            unpack(fetched.path(), staged.folder(), limits, run);
            isHandedOver = true;
            return Optional.of(staged);
        } catch (NoRoomException e) {
            if (room.makeMore(Math.max(free, artifact.size()))) return Optional.empty();
            throw new CommandException(ErrorCode.DISK_FULL, String.valueOf(e.getMessage()));
        } finally {
            if (!isHandedOver) staged.close();
        }
    }

    private static void unpack(Path archive, Path folder, UnpackLimits limits, PreparationRun run)
            throws CommandException, NoRoomException {
        try {
            ArchiveUnpacker.unpack(archive, folder, limits, run.cancellation()::isCancelled);
        } catch (BadArchiveException e) {
            throw new CommandException(ErrorCode.BAD_ARCHIVE, String.valueOf(e.getMessage()));
        } catch (NoRoomException e) {
            throw e;
        } catch (IOException e) {
            throw CommandException.broken("cannot unpack the archive", e);
        }
    }

    private void store(PreparationRun run, StagedRelease staged) throws CommandException {
        Manifest manifest = staged.manifest();
        requireName(manifest);
        check.require(manifest, staged.folder());
        ReleaseId target = named(manifest.release());
        checks.requireGood(target, request);
        checks.requireContent(target, artifact.hash());
        staged.keep(target.value(), manifest);
        run.tell(new DeployEvent.Prepared(target, Optional.of(artifact.hash())));
    }

    private void requireName(Manifest manifest) throws CommandException {
        boolean isOther = content.release().isPresent()
                && manifest.release().isPresent()
                && !content.release().equals(manifest.release());
        if (!isOther) return;
        var fault = new Fault(
                "release",
                "\"" + manifest.release().get() + "\"",
                "must be \"" + content.release().get() + "\", as the command says");
        throw CommandException.invalidManifest("manifest of " + id, List.of(fault));
    }
}
