package io.efka.agent.install;

import io.efka.agent.service.Manifest;
import io.efka.agent.service.Names;
import io.efka.agent.service.ServiceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The services' work directories: those written by the agent, below its services root, and those registered where they
 * were. A change is whole and durable when its method returns, or did not happen. Thread-safe for different services;
 * changes to one service must come one after the other. Takes the time of a few disk syncs.
 */
public final class ServiceFolders {
    private final Path servicesRoot;
    private final WorkDirRoots roots;
    private final Staging staging;
    private final RootRule rootRule;

    /**
     * @param servicesRoot where new services are written; made at the first one
     * @param workDirRoots existing folders below these may be registered
     */
    public ServiceFolders(Path servicesRoot, List<Path> workDirRoots) {
        this(servicesRoot, workDirRoots, new LinuxDisk());
    }

    ServiceFolders(Path servicesRoot, List<Path> workDirRoots, Disk disk) {
        this(servicesRoot, workDirRoots, disk, RootRule.here());
    }

    ServiceFolders(Path servicesRoot, List<Path> workDirRoots, Disk disk, RootRule rootRule) {
        this.rootRule = rootRule;
        this.servicesRoot = servicesRoot.toAbsolutePath().normalize();
        roots = new WorkDirRoots(this.servicesRoot, workDirRoots);
        staging = new Staging(this.servicesRoot, disk);
    }

    /** Reads a service's manifest; one that is missing, unreadable or another service's is unusable. */
    public ManifestReading read(ServiceId id, Path workDir) {
        Path file = workDir.resolve(ManifestFile.NAME);
        return Draft.named(id, rootRule.checked(ManifestFile.read(file), file));
    }

    /**
     * Reads the manifest that a request brings, or that is in the folder it names; writes nothing.
     *
     * @throws InstallException if that folder may not be registered (then nothing in it is read), or if the files that
     *     are brought along cannot be written
     */
    public ManifestReading check(ServiceId id, InstallRequest request) throws InstallException {
        if (request.workDir().isPresent())
            return read(id, roots.admit(id, request.workDir().get()));
        return Draft.check(id, request);
    }

    /**
     * Writes a new service, or registers one that is there. Doing it again with the same request changes nothing and
     * succeeds, so that a command cut off by a crash can be repeated.
     *
     * @throws InstallException if it could not be done; then nothing is left behind
     */
    public Installed install(ServiceId id, InstallRequest request) throws InstallException {
        if (request.workDir().isPresent())
            return register(id, request, request.workDir().get());
        Draft draft = Draft.of(id, request);
        Path workDir = ownFolder(id);
        rootRule.require(workDir);
        if (!Files.exists(workDir, LinkOption.NOFOLLOW_LINKS)) {
            try {
                staging.create(draft, workDir);
            } catch (IOException e) {
                throw InstallException.broken("cannot install " + id, e);
            }
        } else if (differs(draft, workDir)) {
            throw InstallException.alreadyInstalled(workDir + " is there already, with other content");
        }
        return installed(workDir, draft.manifest(), draft.warnings());
    }

    /**
     * Changes an installed service to what is requested. Its other files stay: what the service wrote, and what an
     * earlier request brought. A cut at any moment leaves the old or, after {@link #recover}, the new; so does a disk
     * that fails.
     *
     * @throws InstallException {@code BAD_ARGUMENT} for a registered folder, which is not the agent's to write
     */
    public Installed update(ServiceId id, Path workDir, InstallRequest request) throws InstallException {
        if (request.workDir().isPresent())
            return reread(id, workDir, request, request.workDir().get());
        Draft draft = Draft.of(id, request);
        if (!isOwn(id, workDir)) {
            throw InstallException.badArgument(
                    workDir + " was registered, not written by the agent: change its files there");
        }
        rootRule.require(workDir);
        new FolderContent(workDir).requireRoomFor(draft);
        try {
            staging.replace(draft, workDir);
        } catch (IOException e) {
            String what = staging.isUnfinished(id)
                    ? "the update of " + id + " is begun and will be finished at the next start or update"
                    : "cannot update " + id;
            throw InstallException.broken(what, e);
        }
        return installed(workDir, draft.manifest(), draft.warnings());
    }

    /**
     * Whether {@link #update} would change anything: what the manifest means, a file's content or mode, or the folder.
     *
     * @throws InstallException if the request itself is bad
     */
    public boolean differs(ServiceId id, Path workDir, InstallRequest request) throws InstallException {
        if (request.workDir().isPresent()) {
            return !register(id, request, request.workDir().get()).workDir().equals(workDir);
        }
        return differs(Draft.of(id, request), workDir);
    }

    /**
     * Removes a service's folder if it is below the services root; one registered elsewhere stays as it is.
     *
     * @throws InstallException if it is still there
     */
    public void remove(ServiceId id, Path workDir) throws InstallException {
        if (!isOwn(id, workDir)) return;
        try {
            staging.remove(id, workDir);
        } catch (IOException e) {
            throw InstallException.broken("cannot remove " + workDir, e);
        }
    }

    /** The folders below the services root that have a manifest, by name: what can be registered again after a loss. */
    public List<Path> discover() throws IOException {
        if (!Files.isDirectory(servicesRoot)) return List.of();
        try (Stream<Path> entries = Files.list(servicesRoot)) {
            return entries.filter(folder -> Names.isLegal(String.valueOf(folder.getFileName())))
                    .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .filter(folder -> Files.exists(folder.resolve(ManifestFile.NAME)))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Finishes updates that were cut off and deletes leftovers. To be called once, at start, before any manifest is
     * read. What cannot be done is logged; never throws for it.
     */
    public void recover() {
        staging.recover();
    }

    private Installed register(ServiceId id, InstallRequest request, Path folder) throws InstallException {
        if (request.manifest().isPresent() || !request.files().isEmpty()) {
            throw InstallException.badArgument(
                    "\"work_dir\" registers what is there: leave out \"manifest\" and \"files\"");
        }
        Path workDir = roots.admit(id, folder);
        ManifestReading.Usable usable = Draft.usable(id, read(id, workDir));
        return installed(workDir, usable.manifest(), usable.warnings());
    }

    private Installed reread(ServiceId id, Path workDir, InstallRequest request, Path folder) throws InstallException {
        Installed there = register(id, request, folder);
        if (there.workDir().equals(workDir)) return there;
        throw InstallException.badArgument(
                "the work directory of " + id + " is " + workDir + ": remove the service to install it elsewhere");
    }

    private static boolean differs(Draft draft, Path workDir) throws InstallException {
        try {
            return new FolderContent(workDir).differsFrom(draft);
        } catch (IOException e) {
            throw InstallException.broken("cannot compare " + workDir, e);
        }
    }

    private static Installed installed(Path workDir, Manifest manifest, List<String> warnings) {
        var all = new ArrayList<String>(warnings);
        all.addAll(ProgramCheck.warnings(workDir, manifest));
        return new Installed(workDir, manifest, all);
    }

    private Path ownFolder(ServiceId id) {
        return servicesRoot.resolve(id.value());
    }

    private boolean isOwn(ServiceId id, Path workDir) {
        return workDir.toAbsolutePath().normalize().equals(ownFolder(id))
                && Files.isDirectory(workDir, LinkOption.NOFOLLOW_LINKS);
    }
}
