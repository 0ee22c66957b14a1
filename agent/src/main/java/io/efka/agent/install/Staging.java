package io.efka.agent.install;

import io.efka.agent.files.PrivateFiles;
import io.efka.agent.files.Privileges;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.ServiceId;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Staging area for a service's files: new ones before they are in its folder, old ones before they are deleted. Files are
 * moved by renaming within one file system, from and to three folders beside the services, whose names are not legal
 * service ids:
 *
 * <ul>
 *   <li>{@code .staging}: files being written; deleted at start;
 *   <li>{@code .committed/ID}: a complete and durable update, which is moved in file by file; the next start moves in the
 * rest. A crash at any moment leaves the old files or, after the next start, the new ones, never a lasting mixture;
 *   <li>{@code .trash}: removed files; the next start deletes what could not be deleted at once.
 * </ul>
 */
final class Staging {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private final Path root;
    private final Path staging;
    private final Path committed;
    private final Path trash;
    private final InstallDisk disk;

    Staging(Path servicesRoot, InstallDisk disk) {
        root = servicesRoot;
        staging = root.resolve(".staging");
        committed = root.resolve(".committed");
        trash = root.resolve(".trash");
        this.disk = disk;
    }

    /** Makes the folder of a new service, with {@code plan} as its only release: whole, or not at all. */
    void create(InstallPlan plan, ServiceHome home) throws IOException {
        Path staged = folder(plan.id());
        try {
            var draft = new ServiceHome(staged);
            String release = plan.releaseFolder(plan.sha256());
            disk.makeFolder(draft.releases());
            disk.makeFolder(draft.release(release));
            write(plan, draft.release(release));
            disk.sync(draft.releases());
            draft.makeData(disk, plan.manifest().program().user());
            draft.link(release, disk);
            disk.sync(staged);
        } catch (IOException e) {
            discard(staged);
            throw e;
        }
        moveIn(staged, home.folder());
    }

    /**
     * Makes a release of {@code plan}: whole, or not at all.
     *
     * @param base another one, whose files are kept unless the plan has one of that name
     */
    void create(InstallPlan plan, Optional<Path> base, Path release) throws IOException {
        Path staged = stage(plan);
        if (base.isPresent()) {
            try {
                new OtherFiles(base.get(), besides(base.get()), plan).keepIn(staged);
            } catch (IOException e) {
                discard(staged);
                throw e;
            }
        }
        moveIn(staged, release);
    }

    private Set<String> besides(Path base) {
        return root.equals(base.getParent()) ? ServiceHome.OWN_NAMES : Set.of();
    }

    private void moveIn(Path staged, Path target) throws IOException {
        try {
            disk.move(staged, target);
        } catch (IOException e) {
            discard(staged);
            throw e;
        }
        try {
            disk.sync(root);
        } catch (IOException e) {
            discard(target);
            throw e;
        }
    }

    /** Writes the files of {@code plan} into a work directory; its other files stay. First finishes an unfinished update. */
    void replace(InstallPlan plan, Path workDir) throws IOException {
        finish(plan.id(), workDir);
        Path staged = stage(plan);
        try {
            disk.move(staged, committed.resolve(plan.id().value()));
        } catch (IOException e) {
            discard(staged);
            throw e;
        }
        // From here on there is no way back: after any failure, the next start or update continues.
        disk.sync(committed);
        finish(plan.id(), workDir);
    }

    /** Removes a work directory: at once and for good; its space is freed a little later. */
    void remove(ServiceId id, Path workDir) throws IOException {
        if (!Files.isDirectory(trash)) makeFolders();
        if (isUnfinished(id)) discard(bury(committed.resolve(id.value())));
        if (disk.deleteIfEmpty(workDir)) {
            disk.sync(root);
            return;
        }
        Path grave = bury(workDir);
        disk.sync(root);
        discard(grave);
    }

    /**
     * Why the agent could neither change nor remove a work directory; empty if nothing is known that prevents it. Changes
     * nothing.
     */
    Optional<String> obstacle(Path workDir) throws IOException {
        if (disk.isMountPoint(workDir)) {
            return Optional.of(
                    workDir + " is mounted from elsewhere: change its files there, or remove the mount first");
        }
        return Stream.of(root, staging, committed, trash, workDir)
                .filter(Files::isDirectory)
                .filter(folder -> !disk.isWritable(folder) && !isEmpty(folder, workDir))
                .findFirst()
                .map(folder -> folder + " cannot be written by " + Privileges.user() + ": "
                        + "give it to that user, or make its file system writable");
    }

    /** An empty work directory is deleted in place, whoever owns it: what Docker leaves of a mount is root's. */
    private static boolean isEmpty(Path folder, Path workDir) {
        return folder.equals(workDir) && entries(folder).isEmpty();
    }

    /** Removes {@code parent/name}: at once and for good; its space is freed a little later. */
    void remove(Path parent, String name) throws IOException {
        if (!Files.isDirectory(trash)) makeFolders();
        Path grave = bury(parent.resolve(name));
        disk.sync(parent);
        discard(grave);
    }

    /** Has a folder take the place of another one, which is removed; after a failure the other one is there as before. */
    void exchange(Path staged, Path target) throws IOException {
        Path grave = bury(target);
        try {
            disk.move(staged, target);
        } catch (IOException e) {
            disk.move(grave, target);
            throw e;
        }
        discard(grave);
    }

    /** Makes the folders that everything is moved through. */
    void prepare() throws IOException {
        makeFolders();
    }

    /** Whether an update is committed and not wholly moved in. */
    boolean isUnfinished(ServiceId id) {
        return Files.isDirectory(committed.resolve(id.value()));
    }

    /** Finishes what an earlier agent committed and deletes what it left. What fails is logged, and tried next time. */
    void recover() {
        for (Path update : entries(committed)) {
            String id = String.valueOf(update.getFileName());
            try {
                finish(new ServiceId(id), root.resolve(id));
                LOG.info("service={} an update that was cut off is finished", id);
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn(
                        "service={} an update that was cut off cannot be finished from {}: {}",
                        id,
                        update,
                        FileFailure.words(e));
                LOG.debug("service={} an update that was cut off cannot be finished", id, e);
            }
        }
        entries(staging).forEach(this::discard);
        entries(trash).forEach(this::discard);
    }

    /** Makes an empty folder that nothing uses; the next start deletes it if nobody has moved it. */
    Path folder(ServiceId id) throws IOException {
        makeFolders();
        return disk.makeUniqueFolder(staging, id.value());
    }

    private Path stage(InstallPlan plan) throws IOException {
        Path staged = folder(plan.id());
        try {
            write(plan, staged);
            return staged;
        } catch (IOException e) {
            discard(staged);
            throw e;
        }
    }

    private void write(InstallPlan plan, Path target) throws IOException {
        var folders = new TreeSet<RelativePath>();
        plan.files().keySet().forEach(path -> folders.addAll(path.folders()));
        for (RelativePath folder : folders) disk.makeFolder(folder.under(target));
        for (Map.Entry<RelativePath, InlineFile> file : plan.files().entrySet()) {
            disk.write(
                    file.getKey().under(target),
                    file.getValue().content(),
                    file.getValue().mode());
        }
        for (RelativePath folder : folders) disk.sync(folder.under(target));
        disk.sync(target);
    }

    /** Moves in the rest of a committed update; the manifest last, because it may be read meanwhile. */
    private void finish(ServiceId id, Path workDir) throws IOException {
        if (!isUnfinished(id)) return;
        Path update = committed.resolve(id.value());
        if (Files.isDirectory(workDir, LinkOption.NOFOLLOW_LINKS)) {
            var touched = new TreeSet<Path>(List.of(workDir));
            for (RelativePath file : files(update)) {
                for (RelativePath folder : file.folders()) {
                    disk.makeFolder(folder.under(workDir));
                    touched.add(folder.under(workDir));
                }
                disk.move(file.under(update), file.under(workDir));
            }
            for (Path folder : touched) disk.sync(folder);
        }
        disk.deleteTree(update);
    }

    private static List<RelativePath> files(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            var files = new ArrayList<RelativePath>(tree.filter(Files::isRegularFile)
                    .map(file -> new RelativePath(folder.relativize(file).toString()))
                    .sorted()
                    .toList());
            if (files.remove(InstallPlan.MANIFEST)) files.add(InstallPlan.MANIFEST);
            return files;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Moves a folder away in one step: deleting it in place could stop half-way and leave a part. Needs no space, because
     * the disk may be full.
     */
    private Path bury(Path folder) throws IOException {
        String name = String.valueOf(folder.getFileName());
        for (int number = 1; ; number++) {
            Path grave = trash.resolve(name + "-" + number);
            if (Files.exists(grave, LinkOption.NOFOLLOW_LINKS)) continue; // it could not be deleted
            disk.move(folder, grave);
            return grave;
        }
    }

    private void makeFolders() throws IOException {
        if (Stream.of(staging, committed, trash).allMatch(Files::isDirectory)) return;
        PrivateFiles.makePassage(root);
        for (Path folder : List.of(staging, committed, trash)) disk.makePrivateFolder(folder);
        disk.sync(root);
        Path parent = root.getParent();
        if (parent != null) disk.sync(parent);
    }

    private static List<Path> entries(Path folder) {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("cannot list {}: {}", folder, FileFailure.words(e));
            return List.of();
        }
    }

    /** Deletes a folder. What cannot be deleted now is tried again at the next start. */
    void discard(Path folder) {
        try {
            disk.deleteTree(folder);
        } catch (IOException e) {
            LOG.warn("cannot delete {}, tried again at the next start: {}", folder, FileFailure.words(e));
        }
    }
}
