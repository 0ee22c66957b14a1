package io.efka.agent.install;

import io.efka.agent.files.FileModes;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The releases of services as folders. Each is written once and never changed:
 *
 * <ul>
 *   <li>{@code SERVICE/releases/NAME-HASH}: a release; the work directory of what runs
 *   <li>{@code SERVICE/current}: a link to the one that is started; the record in the state store decides, the link is for
 *       people, and for an agent that has lost its state
 *   <li>{@code SERVICE/data}: the service's own ({@code EFKA_DATA}); no release touches it
 * </ul>
 *
 * <p>Thread-safe for different services. Takes the time of a few disk syncs.
 */
public final class ReleaseFolders {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseFolders.class);
    private static final String RELEASES = "releases";
    private static final String CURRENT = "current";
    private static final String DATA = "data";

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

    /**
     * A release that came with a command, checked, and not written yet.
     *
     * @param name its manifest's {@code release}; else the first 12 digits of {@code sha256}
     * @param sha256 of the paths, modes and contents of its files; hexadecimal
     */
    public record Draft(String name, String sha256, Manifest manifest, List<String> warnings, Content content) {
        private static final int EXECUTABLE = 0111;

        /** Whether the program that is started is among its files, as one that can be started. */
        public boolean hasProgram() {
            String program = manifest.program().exec();
            return content.plan.files().entrySet().stream()
                    .anyMatch(file -> file.getKey().value().equals(program)
                            && (file.getValue().mode() & EXECUTABLE) != 0);
        }
    }

    /** What is to be written. */
    public static final class Content {
        private final InstallPlan plan;

        private Content(InstallPlan plan) {
            this.plan = plan;
        }
    }

    /** Checks a release that came with a command; writes nothing. */
    public Draft draft(ServiceId id, InstallRequest request) throws CommandException {
        InstallPlan plan = InstallPlan.of(id, request);
        String sha256 = digest(plan);
        String name = plan.manifest().release().orElse(sha256.substring(0, 12));
        return new Draft(name, sha256, plan.manifest(), plan.warnings(), new Content(plan));
    }

    private static String digest(InstallPlan plan) {
        MessageDigest digest = Sha256.newDigest();
        plan.files().forEach((name, file) -> {
            byte[] path = name.value().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(12)
                    .putInt(path.length)
                    .putInt(file.mode())
                    .putInt(file.content().length)
                    .flip());
            digest.update(path);
            digest.update(file.content());
        });
        return Sha256.of(digest).hex();
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
            staging.create(draft.content().plan, folder);
            disk.sync(home(id).resolve(RELEASES));
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
        Path existing = root;
        while (existing.getParent() != null && Files.notExists(existing)) existing = existing.getParent();
        try {
            return Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            throw CommandException.broken("cannot see how much of the disk is free", e);
        }
    }

    /** Has a release be where it belongs, in one step; durable when it returns. */
    void move(ServiceId id, Path staged, Path target) throws IOException {
        makeHome(id);
        disk.move(staged, target);
        disk.sync(home(id).resolve(RELEASES));
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
        Path home = home(id);
        disk.makeFolder(home);
        disk.makeFolder(home.resolve(RELEASES));
        disk.sync(home);
        disk.sync(root);
    }

    private Path home(ServiceId id) {
        return root.resolve(id.value());
    }

    /** Where a release is, or would be. */
    public Path folder(ServiceId id, String release) {
        return home(id).resolve(RELEASES).resolve(release);
    }

    /** Where the service was before its first deploy: in its own folder, as somebody put it there. */
    public Path original(ServiceId id) {
        return home(id);
    }

    /** Reads a release's manifest, as it will be when it is started. */
    public Manifest manifest(ServiceId id, Path folder) throws CommandException {
        Path file = folder.resolve(Manifest.FILE_NAME);
        ManifestReading reading = rootRule.checked(ManifestFile.read(file), file);
        return ManifestFile.usable(id, reading).manifest();
    }

    /**
     * Has the link name a release, in one step, and makes the service's data folder if there is none.
     *
     * @param folder of a release, or {@link #original}, for which there is no link
     * @param user whose the data folder is to be; empty: the agent's
     */
    public void makeCurrent(ServiceId id, Path folder, Optional<String> user) throws CommandException {
        Path home = home(id);
        Path link = home.resolve(CURRENT);
        try {
            makeData(home.resolve(DATA), user);
            if (folder.equals(home)) Files.deleteIfExists(link);
            else {
                Path draft = home.resolve("." + CURRENT);
                Files.deleteIfExists(draft);
                Files.createSymbolicLink(draft, home.relativize(folder));
                disk.move(draft, link);
            }
            disk.sync(home);
        } catch (IOException e) {
            throw CommandException.broken("cannot make " + folder + " the current release of " + id, e);
        }
    }

    private void makeData(Path data, Optional<String> user) throws IOException {
        if (Files.isDirectory(data, LinkOption.NOFOLLOW_LINKS)) return;
        disk.makeFolder(data);
        FileModes.set(data, 0750);
        if (user.isEmpty()) return;
        try {
            UserPrincipal owner =
                    data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
            Files.getFileAttributeView(data, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        } catch (IOException notOurs) {
            // Only root can give it away; an agent that is not root starts no service as another user.
            LOG.debug("{} stays the agent's: {}", data, notOurs.toString());
        }
    }

    /** Deletes a release: at once and for good; its space is freed a little later. */
    public void delete(ServiceId id, String release) throws CommandException {
        Path folder = folder(id, release);
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            staging.remove(home(id).resolve(RELEASES), release);
        } catch (IOException e) {
            throw CommandException.broken("cannot delete release " + release + " of " + id, e);
        }
    }

    /** Deletes the folder of a service that has nothing in it. */
    public void deleteEmpty(ServiceId id) {
        try {
            Files.deleteIfExists(home(id).resolve(RELEASES));
            Files.deleteIfExists(home(id));
        } catch (DirectoryNotEmptyException kept) {
            LOG.debug("service={} its folder is not empty and stays", id);
        } catch (IOException e) {
            LOG.warn("service={} its empty folder stays: {}", id, e.toString());
        }
    }

    /** The names of the releases that are on disk, whatever is known of them. */
    public Set<String> stored(ServiceId id) {
        Path folder = home(id).resolve(RELEASES);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return Set.of();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("service={} its releases cannot be listed: {}", id, e.toString());
            return Set.of();
        }
    }

    /** The release that the link names, as a folder; empty if there is none, or it leads elsewhere. */
    static Optional<Path> current(Path home) {
        try {
            Path folder =
                    home.resolve(Files.readSymbolicLink(home.resolve(CURRENT))).normalize();
            boolean isRelease = home.resolve(RELEASES).equals(folder.getParent())
                    && Files.isRegularFile(folder.resolve(Manifest.FILE_NAME), LinkOption.NOFOLLOW_LINKS);
            return isRelease ? Optional.of(folder) : Optional.empty();
        } catch (IOException | UnsupportedOperationException none) {
            return Optional.empty();
        }
    }

    /** Whether a work directory is that of a release, in the folder of a service. */
    static boolean isRelease(Path home, Path workDir) {
        return home.resolve(RELEASES)
                .equals(workDir.toAbsolutePath().normalize().getParent());
    }

    /**
     * What a process finds in its environment.
     *
     * @param others variables that it gets in any case; a release adds its data folder and its id
     */
    public static Map<String, String> environment(Path workDir, Map<String, String> others) {
        Path releases = workDir.getParent();
        if (releases == null || !RELEASES.equals(String.valueOf(releases.getFileName()))) return others;
        Path home = releases.getParent();
        if (home == null || !Names.isLegal(String.valueOf(home.getFileName()))) return others;
        var all = new HashMap<String, String>(others);
        all.put(EfkaVariables.DATA, home.resolve(DATA).toString());
        all.put(EfkaVariables.RELEASE, String.valueOf(workDir.getFileName()));
        return all;
    }

    /** Refuses to change a release in place. */
    static CommandException immutable(ServiceId id) {
        return new CommandException(
                ErrorCode.NOT_ALLOWED, "service " + id + " has releases, which are never changed: use deploy");
    }
}
