package io.efka.agent.install;

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.protocol.CommandException;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The releases of services as folders, each in its service's own, see {@link ServiceHome}. A release is written once and never
 * changed. Thread-safe for different services. Takes the time of a few disk syncs.
 */
public final class ReleaseFolders {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseFolders.class);

    private final Path root;
    private final Staging staging;
    private final InstallDisk disk;
    private final RootRule rootRule;

    /** @param servicesRoot the folder of all services that the agent writes */
    public ReleaseFolders(Path servicesRoot) {
        this(servicesRoot, new LinuxInstallDisk(), RootRule.here());
    }

    ReleaseFolders(Path servicesRoot, InstallDisk disk, RootRule rootRule) {
        this.root = servicesRoot.toAbsolutePath().normalize();
        this.staging = new Staging(root, disk);
        this.disk = disk;
        this.rootRule = rootRule;
    }

    /** A release that came with a command, checked, and not written yet. */
    public static final class Draft {
        private static final int EXECUTABLE = 0111;
        private final InstallPlan plan;
        private final String sha256;
        private final Optional<Path> base;

        private Draft(InstallPlan plan, String sha256, Optional<Path> base) {
            this.plan = plan;
            this.sha256 = sha256;
            this.base = base;
        }

        public Manifest manifest() {
            return plan.manifest();
        }

        /** What its folder is called: by its manifest's {@code release}, else by the first 12 digits of its content. */
        public String folderName() {
            return plan.releaseFolder(sha256);
        }

        /** Bytes of the files that came with the command. */
        public long size() {
            return plan.files().values().stream()
                    .mapToLong(file -> file.content().length)
                    .sum();
        }

        /** Whether the program that is started is among its files, as one that can be started. Blocks for the disk. */
        public boolean hasProgram() {
            String program = manifest().program().exec();
            boolean isBrought = plan.files().entrySet().stream()
                    .anyMatch(file -> file.getKey().value().equals(program)
                            && (file.getValue().mode() & EXECUTABLE) != 0);
            return isBrought
                    || base.filter(folder -> !program.startsWith("/"))
                            .filter(folder -> Files.isExecutable(folder.resolve(program)))
                            .isPresent();
        }
    }

    /** Checks a release that came with a command; writes nothing. */
    public Draft draft(ServiceId id, InstallRequest request) throws CommandException {
        InstallPlan plan = InstallPlan.of(id, request);
        return new Draft(plan, plan.sha256(), Optional.empty());
    }

    /**
     * Checks a release that is made of another one: its files, with those that came with a command in their place or beside them.
     *
     * @param base the release that it is made of
     * @param folder of {@code base}
     */
    public Draft over(ServiceId id, String base, Path folder, InstallRequest request) throws CommandException {
        InstallPlan plan = InstallPlan.of(id, request);
        // What its files are follows from these two.
        String sha256 = Sha256.of((base + "/" + plan.sha256()).getBytes(StandardCharsets.UTF_8))
                .hex();
        return new Draft(plan, sha256, Optional.of(folder));
    }

    /** What the folder of a release is called: its name, {@code -} and the first 8 hex digits of its content's SHA-256. */
    public static String folderName(String name, String sha256) {
        return name + "-" + sha256.substring(0, 8);
    }

    /**
     * Writes a release: whole, or not at all. One that is there already is left as it is.
     *
     * @param release what its folder is called
     * @return its folder
     */
    public Path store(ServiceId id, String release, Draft draft) throws CommandException {
        Path folder = folder(id, release);
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return folder;
        rootRule.require(folder);
        try {
            makeHome(id);
            staging.create(draft.plan, draft.base, folder);
            disk.sync(home(id).releases());
            return folder;
        } catch (IOException e) {
            throw CommandException.broken("cannot store release " + release + " of " + id, e);
        }
    }

    /** Begins a release that is made of something else than a draft. */
    public StagedRelease stage(ServiceId id) throws CommandException {
        try {
            return new StagedRelease(id, staging.folder(id), this);
        } catch (IOException e) {
            throw CommandException.broken("cannot make a folder for a release of " + id, e);
        }
    }

    /** Bytes that the agent's user may still write where releases are. */
    public long room() throws CommandException {
        try {
            return Files.getFileStore(disk()).getUsableSpace();
        } catch (IOException e) {
            throw CommandException.broken("cannot see how much of the disk is free", e);
        }
    }

    /** A folder on the file system where releases are. */
    public Path disk() {
        Path existing = root;
        while (existing.getParent() != null && Files.notExists(existing)) existing = existing.getParent();
        return existing;
    }

    /** Has a release be where it belongs, also in place of one that is damaged; durable when it returns. */
    void move(ServiceId id, Path staged, Path target) throws IOException {
        makeHome(id);
        if (isMissing(target)) disk.move(staged, target);
        else staging.exchange(staged, target);
        disk.sync(home(id).releases());
    }

    boolean isRoot() {
        return rootRule.applies();
    }

    void requireWritable(Path folder) throws CommandException {
        rootRule.require(folder);
    }

    void discard(Path staged) {
        staging.discard(staged);
    }

    private void makeHome(ServiceId id) throws IOException {
        staging.prepare();
        ServiceHome home = home(id);
        disk.makeFolder(home.folder());
        disk.makeFolder(home.releases());
        disk.sync(home.folder());
        disk.sync(root);
    }

    private ServiceHome home(ServiceId id) {
        return new ServiceHome(root.resolve(id.value()));
    }

    /** Where a release is, or would be. */
    public Path folder(ServiceId id, String release) {
        return home(id).release(release);
    }

    /** Where the service was before its first deploy: in its own folder, as somebody put it there. */
    public Path original(ServiceId id) {
        return home(id).folder();
    }

    /** The name of the release whose folder this is; empty if it is none of that service. */
    public Optional<String> releaseAt(ServiceId id, Path workDir) {
        return home(id).releaseAt(workDir);
    }

    /**
     * Reads a release's manifest, as it will be when it is started.
     *
     * @throws CommandException {@code INTERNAL} if the disk did not give it, which says nothing of the release
     */
    public Manifest manifest(ServiceId id, Path folder) throws CommandException {
        Path file = folder.resolve(Manifest.FILE_NAME);
        ManifestReading reading = ManifestFile.read(file);
        if (reading.isUnread() && !isMissing(file)) {
            throw new CommandException(
                    ErrorCode.INTERNAL,
                    "the manifest " + reading.faults().get(0).sentence());
        }
        return ManifestFile.usable(id, rootRule.checked(reading, file)).manifest();
    }

    /**
     * Whether a release is of no use, and stays so: its manifest is missing, or is no manifest of the service. Not if the disk
     * does not give it now, nor if others can change it.
     */
    public boolean isDamaged(ServiceId id, Path folder) {
        Path file = folder.resolve(Manifest.FILE_NAME);
        ManifestReading reading = ManifestFile.named(id, ManifestFile.read(file));
        return reading.ifUsable().isEmpty() && (!reading.isUnread() || isMissing(file));
    }

    private static boolean isMissing(Path file) {
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Has the link name a release, in one step, and makes the service's data folder if there is none.
     *
     * @param folder of a release, or {@link #original}, for which there is no link
     * @param user whose the data folder is to be; empty: the agent's
     */
    public void makeCurrent(ServiceId id, Path folder, Optional<String> user) throws CommandException {
        ServiceHome home = home(id);
        try {
            home.makeData(disk, user);
            Optional<String> release = home.releaseAt(folder);
            if (release.isPresent()) home.link(release.get(), disk);
            else home.unlink();
            disk.sync(home.folder());
        } catch (IOException e) {
            throw CommandException.broken("cannot make " + folder + " the current release of " + id, e);
        }
    }

    /** Deletes a release: at once and for good; its space is freed a little later. */
    public void delete(ServiceId id, String release) throws CommandException {
        Path folder = folder(id, release);
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            staging.remove(home(id).releases(), release);
        } catch (IOException e) {
            throw CommandException.broken("cannot delete release " + release + " of " + id, e);
        }
    }

    /** Deletes the folder of a service that has nothing in it. */
    public void deleteEmpty(ServiceId id) {
        try {
            Files.deleteIfExists(home(id).releases());
            Files.deleteIfExists(home(id).folder());
        } catch (DirectoryNotEmptyException kept) {
            LOG.debug("service={} its folder is not empty and stays", id);
        } catch (IOException e) {
            LOG.warn("service={} its empty folder stays: {}", id, e.toString());
        }
    }

    /** The services of whose folders nothing is left but releases, none of which was ever current. */
    public Set<ServiceId> leftovers() {
        try {
            return ServiceHome.leftovers(root);
        } catch (IOException e) {
            LOG.warn("{} cannot be listed: {}", root, e.toString());
            return Set.of();
        }
    }

    /** The name of the release that the link leads to. */
    public Optional<String> current(ServiceId id) {
        return home(id).current().map(folder -> String.valueOf(folder.getFileName()));
    }

    /** The names of the releases that are on disk, whatever is known of them. */
    public Set<String> stored(ServiceId id) {
        Path folder = home(id).releases();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return Set.of();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("service={} its releases cannot be listed: {}", id, e.toString());
            return Set.of();
        }
    }

    /**
     * What a process finds in its environment.
     *
     * @param others variables that it gets in any case; a release adds its data folder and its id
     */
    public static Map<String, String> environment(Path workDir, Map<String, String> others) {
        Path releases = workDir.getParent();
        if (releases == null || !ServiceHome.RELEASES.equals(String.valueOf(releases.getFileName()))) return others;
        Path home = releases.getParent();
        if (home == null || !Names.isLegal(String.valueOf(home.getFileName()))) return others;
        var all = new HashMap<String, String>(others);
        all.put(EfkaVariables.DATA, new ServiceHome(home).data().toString());
        all.put(EfkaVariables.RELEASE, String.valueOf(workDir.getFileName()));
        return all;
    }

    /** Refuses to change a release in place. */
    static CommandException immutable(ServiceId id) {
        return new CommandException(
                ErrorCode.NOT_ALLOWED, "service " + id + " has releases, which are never changed: use deploy");
    }
}
