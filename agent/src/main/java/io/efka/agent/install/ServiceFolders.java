package io.efka.agent.install;

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.Installed;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * The services' work directories: those written by the agent, below its services root, and those registered where they
 * were. A change is whole and durable when its method returns, or did not happen. Thread-safe for different services;
 * changes to one service must come one after the other. Takes the time of a few disk syncs; a folder that does not answer,
 * as on a dead mount, is waited for some seconds, see {@link FolderReads}.
 */
public final class ServiceFolders implements Installer, AutoCloseable {
    private final Path servicesRoot;
    private final WorkDirRoots roots;
    private final Staging staging;
    private final RootRule rootRule;
    private final Function<Path, ManifestReading> manifests;
    // Apart, so that dead mounts keep nobody from the agent's own folders.
    private final FolderReads ownReads = FolderReads.own();
    private final FolderReads reads;

    /**
     * @param servicesRoot where new services are written; made at the first one
     * @param workDirRoots existing folders below these may be registered
     */
    public ServiceFolders(Path servicesRoot, List<Path> workDirRoots) {
        this(servicesRoot, workDirRoots, new LinuxInstallDisk());
    }

    ServiceFolders(Path servicesRoot, List<Path> workDirRoots, InstallDisk disk) {
        this(servicesRoot, workDirRoots, disk, RootRule.here());
    }

    ServiceFolders(Path servicesRoot, List<Path> workDirRoots, InstallDisk disk, RootRule rootRule) {
        this(servicesRoot, workDirRoots, disk, rootRule, ManifestFile::read, new FolderReads("agent-read"));
    }

    /**
     * @param manifests reads a manifest's file; may block for ever
     * @param reads of registered folders
     */
    ServiceFolders(
            Path servicesRoot,
            List<Path> workDirRoots,
            InstallDisk disk,
            RootRule rootRule,
            Function<Path, ManifestReading> manifests,
            FolderReads reads) {
        this.rootRule = rootRule;
        this.manifests = manifests;
        this.reads = reads;
        this.servicesRoot = servicesRoot.toAbsolutePath().normalize();
        roots = new WorkDirRoots(this.servicesRoot, workDirRoots);
        staging = new Staging(this.servicesRoot, disk);
    }

    /**
     * Reads a service's manifest; one that is missing, unreadable or another service's is unusable. So is one that does not
     * answer in time.
     */
    @Override
    public ManifestReading read(ServiceId id, Path workDir) {
        try {
            return readsOf(workDir).read(workDir, () -> readNow(id, workDir));
        } catch (CommandException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException unread) {
            return unread(workDir, unread);
        }
    }

    private static ManifestReading.Unusable unread(Path folder, IOException why) {
        return ManifestFile.unreadable(folder.resolve(Manifest.FILE_NAME), why);
    }

    private ManifestReading readNow(ServiceId id, Path workDir) {
        Path file = workDir.resolve(Manifest.FILE_NAME);
        return ManifestFile.named(id, rootRule.checked(manifests.apply(file), file));
    }

    private FolderReads readsOf(Path folder) {
        return folder.toAbsolutePath().normalize().startsWith(servicesRoot) ? ownReads : reads;
    }

    /**
     * Reads the manifest that a request brings, or that is in the folder it names; writes nothing.
     *
     * @throws CommandException if that folder may not be registered (then nothing in it is read), or if the files that
     *     are brought along cannot be written
     */
    @Override
    public ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
        if (request.workDir().isPresent()) {
            Path folder = request.workDir().get();
            return inTime(folder, () -> readNow(id, roots.admit(id, folder)));
        }
        return request.manifestFor(id);
    }

    /**
     * Writes a new service as its first release, or registers one that is there. Doing it again with the same request changes
     * nothing and succeeds, so that a command cut off by a crash can be repeated.
     *
     * @throws CommandException if it could not be done; then nothing is left behind
     */
    @Override
    public Installed install(ServiceId id, InstallRequest request) throws CommandException {
        if (request.workDir().isPresent())
            return register(id, request, request.workDir().get());
        InstallPlan plan = InstallPlan.of(id, request);
        ServiceHome home = home(id);
        Optional<Path> present = present(home, plan);
        if (present.isEmpty()) {
            try {
                staging.create(plan, home);
            } catch (IOException e) {
                throw CommandException.broken("cannot install " + id, e);
            }
        }
        Path workDir = present.orElseGet(() -> home.release(plan.releaseFolder(plan.sha256())));
        return installed(workDir, plan.manifest(), plan.warnings());
    }

    @Override
    public Optional<String> foresee(ServiceId id, InstallRequest request) throws CommandException {
        if (request.workDir().isPresent()) {
            register(id, request, request.workDir().get());
            return Optional.empty();
        }
        InstallPlan plan = InstallPlan.of(id, request);
        return present(home(id), plan).isPresent() ? Optional.empty() : Optional.of(plan.releaseFolder(plan.sha256()));
    }

    /** Where it is already; empty: it is to be written. */
    private Optional<Path> present(ServiceHome home, InstallPlan plan) throws CommandException {
        rootRule.require(home.folder());
        if (!Files.exists(home.folder(), LinkOption.NOFOLLOW_LINKS)) return Optional.empty();
        Path workDir = home.workDir().orElse(home.folder());
        if (!differs(plan, workDir)) return Optional.of(workDir);
        throw new CommandException(
                ErrorCode.ALREADY_INSTALLED, home.folder() + " is there already, with other content");
    }

    /**
     * Changes an installed service to what is requested. Its other files stay: what the service wrote, and what an
     * earlier request brought. A cut at any moment leaves the old or, after {@link #recover}, the new; so does a disk
     * that fails.
     *
     * @throws CommandException {@code BAD_ARGUMENT} for a registered folder, which is not the agent's to write
     */
    @Override
    public Installed update(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        if (request.workDir().isPresent())
            return reread(id, workDir, request, request.workDir().get());
        if (home(id).releaseAt(workDir).isPresent()) throw ReleaseFolders.immutable(id);
        InstallPlan plan = InstallPlan.of(id, request);
        if (!isOwn(id, workDir)) {
            throw new CommandException(
                    ErrorCode.BAD_ARGUMENT,
                    workDir + " was registered, not written by the agent: change its files there");
        }
        rootRule.require(workDir);
        new FolderContent(workDir).requireRoomFor(plan);
        try {
            staging.replace(plan, workDir);
        } catch (IOException e) {
            String what = staging.isUnfinished(id)
                    ? "the update of " + id + " is begun and will be finished at the next start or update"
                    : "cannot update " + id;
            throw CommandException.broken(what, e);
        }
        return installed(workDir, plan.manifest(), plan.warnings());
    }

    /**
     * Whether {@link #update} would change anything: what the manifest means, a file's content or mode, or the folder.
     *
     * @throws CommandException if the request itself is bad
     */
    @Override
    public boolean differs(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        if (request.workDir().isPresent()) {
            return !register(id, request, request.workDir().get()).workDir().equals(workDir);
        }
        return differs(InstallPlan.of(id, request), workDir);
    }

    @Override
    public boolean hasOthers(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        InstallPlan plan = InstallPlan.of(id, request);
        Set<String> besides = workDir.equals(home(id).folder()) ? ServiceHome.OWN_NAMES : Set.of();
        try {
            return readsOf(workDir).read(workDir, () -> new OtherFiles(workDir, besides, plan).areThere());
        } catch (IOException e) {
            throw CommandException.broken("cannot list " + workDir, e);
        }
    }

    @Override
    public void requireChangeable(ServiceId id, Path workDir) throws CommandException {
        if (!isOwn(id, workDir)) return;
        Optional<String> obstacle;
        try {
            obstacle = staging.obstacle(workDir);
        } catch (IOException e) {
            throw CommandException.broken("cannot look at " + workDir, e);
        }
        if (obstacle.isPresent()) {
            throw new CommandException(
                    ErrorCode.NOT_ALLOWED, "the files of " + id + " are not the agent's to change: " + obstacle.get());
        }
    }

    /**
     * Removes a service's folder if it is below the services root; one registered elsewhere stays as it is.
     *
     * @throws CommandException if it is still there
     */
    @Override
    public void remove(ServiceId id, Path workDir) throws CommandException {
        if (!isOwn(id, workDir)) return;
        try {
            staging.remove(id, home(id).folder());
        } catch (IOException e) {
            throw CommandException.broken("cannot remove " + workDir, e);
        }
    }

    @Override
    public InstalledFiles list(Path workDir) throws CommandException {
        try {
            return readsOf(workDir).read(workDir, () -> new FolderListing(workDir).read());
        } catch (IOException e) {
            throw CommandException.broken("cannot read " + workDir, e);
        }
    }

    /** The work directories below the services root: what can be registered again after a loss. */
    public SortedMap<ServiceId, Path> discover() throws IOException {
        try {
            return ownReads.read(servicesRoot, () -> ServiceHome.workDirs(servicesRoot));
        } catch (CommandException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Finishes updates that were cut off and deletes leftovers. To be called once, at start, before any manifest is
     * read. What cannot be done is logged; never throws for it.
     */
    public void recover() {
        staging.recover();
    }

    /** Waits for no read that hangs. */
    @Override
    public void close() {
        reads.close();
        ownReads.close();
    }

    private Installed register(ServiceId id, InstallRequest request, Path folder) throws CommandException {
        if (request.manifest().isPresent() || !request.files().isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_ARGUMENT,
                    "\"work_dir\" registers what is there: leave out \"manifest\" and \"files\"");
        }
        return inTime(folder, () -> {
            Path workDir = roots.admit(id, folder);
            ManifestReading.Usable usable = ManifestFile.usable(id, readNow(id, workDir));
            return installedNow(workDir, usable.manifest(), usable.warnings());
        });
    }

    private <T> T inTime(Path folder, FolderReads.Work<T> work) throws CommandException {
        try {
            return readsOf(folder).read(folder, work);
        } catch (IOException unread) {
            throw ManifestFile.invalid(unread(folder, unread).faults());
        }
    }

    private Installed reread(ServiceId id, Path workDir, InstallRequest request, Path folder) throws CommandException {
        Installed there = register(id, request, folder);
        if (there.workDir().equals(workDir)) return there;
        throw new CommandException(
                ErrorCode.BAD_ARGUMENT,
                "the work directory of " + id + " is " + workDir + ": remove the service to install it elsewhere");
    }

    private boolean differs(InstallPlan plan, Path workDir) throws CommandException {
        try {
            return readsOf(workDir).read(workDir, () -> new FolderContent(workDir).differsFrom(plan));
        } catch (IOException e) {
            throw CommandException.broken("cannot compare " + workDir, e);
        }
    }

    /** The program may be anywhere, on a dead mount too: what is written stays, with a warning. */
    private Installed installed(Path workDir, Manifest manifest, List<String> warnings) throws CommandException {
        try {
            return readsOf(workDir).read(workDir, () -> installedNow(workDir, manifest, warnings));
        } catch (IOException unread) {
            var all = new ArrayList<String>(warnings);
            all.add("exec \"" + manifest.program().exec() + "\" " + unread.getMessage());
            return new Installed(workDir, manifest, all);
        }
    }

    private static Installed installedNow(Path workDir, Manifest manifest, List<String> warnings) {
        var all = new ArrayList<String>(warnings);
        all.addAll(new FolderContent(workDir).programWarnings(manifest));
        return new Installed(workDir, manifest, all);
    }

    private ServiceHome home(ServiceId id) {
        return new ServiceHome(servicesRoot.resolve(id.value()));
    }

    @Override
    public boolean isOwn(ServiceId id, Path workDir) {
        ServiceHome home = home(id);
        boolean isHere = workDir.toAbsolutePath().normalize().equals(home.folder())
                || home.releaseAt(workDir).isPresent();
        return isHere && Files.isDirectory(home.folder(), LinkOption.NOFOLLOW_LINKS);
    }
}
