package io.efka.agent.install;

import io.efka.agent.files.FileModes;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one service, and what is where in it:
 *
 * <ul>
 *   <li>{@code releases/NAME-HASH}: a release; the work directory of what runs
 *   <li>{@code current}: a link to the one that is started; the record in the state store decides, the link is for people, and
 *       for an agent that has lost its state
 *   <li>{@code data}: the service's own ({@code EFKA_DATA}); no release touches it
 * </ul>
 *
 * <p>A service that somebody put there without releases has its files beside these, or instead of them.
 */
record ServiceHome(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceHome.class);
    static final String RELEASES = "releases";
    private static final String CURRENT = "current";
    private static final String DATA = "data";

    /** What in a service's folder are not files of a service without releases. */
    static final Set<String> OWN_NAMES = Set.of(RELEASES, CURRENT, "." + CURRENT, DATA);

    Path releases() {
        return folder.resolve(RELEASES);
    }

    /** Where a release is, or would be. */
    Path release(String name) {
        return releases().resolve(name);
    }

    Path data() {
        return folder.resolve(DATA);
    }

    /** The release that the link names, as a folder; empty if there is none, or it leads elsewhere. */
    Optional<Path> current() {
        try {
            Path release = folder.resolve(Files.readSymbolicLink(folder.resolve(CURRENT)))
                    .normalize();
            boolean isRelease = releases().equals(release.getParent())
                    && Files.isRegularFile(release.resolve(Manifest.FILE_NAME), LinkOption.NOFOLLOW_LINKS);
            return isRelease ? Optional.of(release) : Optional.empty();
        } catch (IOException | UnsupportedOperationException none) {
            return Optional.empty();
        }
    }

    /** The work directory of the service: its current release, else its own folder if a manifest is there. */
    Optional<Path> workDir() {
        return current().or(() -> Optional.of(folder).filter(own -> Files.exists(own.resolve(Manifest.FILE_NAME))));
    }

    /** The work directories of all services below {@code servicesRoot}, by the names of their folders. */
    static SortedMap<ServiceId, Path> workDirs(Path servicesRoot) throws IOException {
        var found = new TreeMap<ServiceId, Path>();
        if (!Files.isDirectory(servicesRoot)) return found;
        try (Stream<Path> entries = Files.list(servicesRoot)) {
            entries.filter(folder -> Names.isLegal(String.valueOf(folder.getFileName())))
                    .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .forEach(folder -> new ServiceHome(folder)
                            .workDir()
                            .ifPresent(workDir ->
                                    found.put(new ServiceId(String.valueOf(folder.getFileName())), workDir)));
            return found;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Those of whose folders nothing is there but releases: a service that is one has a link, and data. */
    static Set<ServiceId> leftovers(Path servicesRoot) throws IOException {
        if (!Files.isDirectory(servicesRoot)) return Set.of();
        try (Stream<Path> entries = Files.list(servicesRoot)) {
            return entries.filter(folder -> Names.isLegal(String.valueOf(folder.getFileName())))
                    .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .filter(ServiceHome::hasOnlyReleases)
                    .map(folder -> new ServiceId(String.valueOf(folder.getFileName())))
                    .collect(Collectors.toSet());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean hasOnlyReleases(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .toList()
                    .equals(List.of(RELEASES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the release whose folder this is; empty if it is none of this service. */
    Optional<String> releaseAt(Path workDir) {
        Path at = workDir.toAbsolutePath().normalize();
        return releases().equals(at.getParent()) ? Optional.of(String.valueOf(at.getFileName())) : Optional.empty();
    }

    /** Has the link name a release. Durable after a sync of the folder. */
    void link(String release, InstallDisk disk) throws IOException {
        Path draft = folder.resolve("." + CURRENT);
        Files.deleteIfExists(draft);
        Files.createSymbolicLink(draft, Path.of(RELEASES, release));
        disk.move(draft, folder.resolve(CURRENT));
    }

    /** What is started is in the service's own folder. */
    void unlink() throws IOException {
        Files.deleteIfExists(folder.resolve(CURRENT));
    }

    /**
     * Makes the service's data folder if there is none.
     *
     * @param user whose it is to be; empty: the agent's
     */
    void makeData(InstallDisk disk, Optional<String> user) throws IOException {
        Path data = data();
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
}
