package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.files.PrivateFiles;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.threads.AgentThread;
import io.efka.threads.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts on the disk: {@code artifacts/{sha256}}, and {@code {sha256}.part} for one that is not complete. When there is
 * no room for a new one, those go first that were not used for the longest time, but none that is in use. The time of last
 * use is the time of the file, so the order survives a restart.
 *
 * <p>An artifact was verified when it was written, and is read and verified again before each use: a memory card forgets
 * bits over the years, and unpacking reads the file anyway, so this costs less than it guards. Thread-safe; blocks for the
 * disk.
 */
public final class ArtifactCache {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactCache.class);
    private static final String PART = ".part";
    private static final int BUFFER = 64 * 1024;

    private final Path folder;
    private final long limit;
    private final Timers timers;

    /** Users of each artifact. */
    @GuardedBy("this") private final Map<Sha256, Integer> inUse = new HashMap<>();

    /** Sizes of those that are being written, as they will be. */
    @GuardedBy("this") private final Map<Sha256, Long> written = new HashMap<>();

    /**
     * Uses a folder, which is created when it is needed.
     *
     * @param limit of all files together, in bytes; at least 1
     */
    public ArtifactCache(Path folder, long limit, Timers timers) {
        if (limit < 1) throw new IllegalArgumentException("artifact_cache must be at least 1, was " + limit);
        this.folder = folder;
        this.limit = limit;
        this.timers = timers;
    }

    /** Most bytes that an artifact can have. */
    public long limit() {
        return limit;
    }

    /**
     * Finds an artifact, and keeps it from being deleted. Reads all of it; one that has changed is deleted, unless somebody
     * else uses it.
     *
     * @throws CommandException {@code artifact_mismatch} if it has another size
     * @throws java.util.concurrent.CancellationException if it was cancelled meanwhile
     */
    Optional<CachedArtifact> find(Sha256 hash, long size, Cancellation cancellation)
            throws IOException, CommandException {
        Path file = folder.resolve(hash.hex());
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return Optional.empty();
        CachedArtifact found = use(hash, file);
        boolean isHandedOver = false;
        try {
            if (!isRight(file, hash, cancellation)) {
                LOG.warn("artifact {} has changed on the disk; it is fetched again", hash);
                deleteUnlessShared(hash, file);
                return Optional.empty();
            }
            requireSize(file, hash, size);
            touch(file);
            isHandedOver = true;
            return Optional.of(found);
        } catch (NoSuchFileException deleted) {
            return Optional.empty();
        } finally {
            if (!isHandedOver) found.close();
        }
    }

    /** The hash is right, so it is the command that is wrong, and another one may be right. */
    private static void requireSize(Path file, Sha256 hash, long size) throws IOException, CommandException {
        long found = Files.size(file);
        if (found == size) return;
        throw new CommandException(
                ErrorCode.ARTIFACT_MISMATCH, "artifact " + hash + " has " + found + " bytes, expected " + size);
    }

    /** The next download replaces one that others use. */
    private synchronized void deleteUnlessShared(Sha256 hash, Path file) throws IOException {
        if (inUse.getOrDefault(hash, 0) == 1) Files.deleteIfExists(file);
    }

    /** How much of an artifact is not there, in bytes. */
    long missing(Sha256 hash, long size) {
        if (Files.isRegularFile(folder.resolve(hash.hex()), LinkOption.NOFOLLOW_LINKS)) return 0;
        try {
            long there = Files.size(folder.resolve(hash.hex() + PART));
            // One with notes is longer, and has holes: it may have nothing.
            return there > size ? size : size - there;
        } catch (IOException none) {
            return size;
        }
    }

    private static boolean isRight(Path file, Sha256 hash, Cancellation cancellation) throws IOException {
        try {
            return hash(file, cancellation).equals(hash);
        } catch (NoSuchFileException deleted) {
            throw deleted;
        } catch (IOException unreadable) {
            LOG.warn("artifact {} cannot be read", hash, unreadable);
            return false;
        }
    }

    private static Sha256 hash(Path file, Cancellation cancellation) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        var buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                cancellation.check();
                AgentThread.step();
            }
        }
        return Sha256.of(digest);
    }

    private void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(timers.now()));
    }

    /** Keeps an artifact from being deleted, if it is there. Whoever uses it compares its hash. */
    public Optional<CachedArtifact> hold(Sha256 hash) {
        Path file = folder.resolve(hash.hex());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(use(hash, file)) : Optional.empty();
    }

    private synchronized CachedArtifact use(Sha256 hash, Path file) {
        inUse.merge(hash, 1, Integer::sum);
        return new CachedArtifact(file, hash, () -> release(hash));
    }

    private synchronized void release(Sha256 hash) {
        inUse.computeIfPresent(hash, (unused, users) -> users == 1 ? null : users - 1);
    }

    /**
     * Makes room for an artifact, and opens its part. Only one may be open for a hash; {@link #close} it.
     *
     * @param size at most the limit
     * @param progress told the number of bytes that are there, often
     * @throws IOException if what is in use leaves no room now
     */
    PartialArtifact open(Sha256 hash, long size, LongConsumer progress) throws IOException {
        makeRoom(hash, size);
        try {
            return new PartialArtifact(folder.resolve(hash.hex() + PART), hash, size, progress);
        } catch (DiskFailure e) {
            forget(hash);
            throw e;
        }
    }

    /** The part stays for the next time. */
    void close(PartialArtifact part) {
        forget(part.hash());
        try {
            part.close();
        } catch (IOException e) {
            LOG.debug("the part of artifact {} was not closed", part.hash(), e);
        }
    }

    /** Closes and deletes a part, so that it takes no room on a disk that is full. */
    void discard(PartialArtifact part) {
        close(part);
        try {
            Files.deleteIfExists(folder.resolve(part.hash().hex() + PART));
        } catch (IOException e) {
            LOG.warn("the part of artifact {} cannot be deleted", part.hash(), e);
        }
    }

    /** Completes a part that has the right content. */
    CachedArtifact keep(PartialArtifact part) throws IOException {
        Path file = folder.resolve(part.hash().hex());
        CachedArtifact kept = use(part.hash(), file);
        boolean isKept = false;
        try {
            part.keepAs(file);
            isKept = true;
            return kept;
        } finally {
            forget(part.hash());
            if (!isKept) kept.close();
        }
    }

    private synchronized void forget(Sha256 hash) {
        written.remove(hash);
    }

    private record StoredFile(Path path, Sha256 hash, long size, FileTime used) {}

    /**
     * Bytes that {@link #freeUp} could free for something else; an answer that may be old. Blocks for the disk.
     *
     * @param where something else is to be; nothing can be freed on another file system than the cache's
     * @param kept artifacts that are wanted, though nobody uses them yet
     */
    synchronized long spare(Path where, Set<Sha256> kept) {
        try {
            if (!Files.isDirectory(folder) || !Files.getFileStore(folder).equals(Files.getFileStore(where))) return 0;
            return spare(kept).stream().mapToLong(StoredFile::size).sum();
        } catch (IOException unknown) {
            LOG.debug("what the cache could free is not known", unknown);
            return 0;
        }
    }

    /**
     * Deletes what nobody uses, the least recently used first, until so many bytes are free or nothing is left. Blocks for the disk.
     *
     * @return bytes that were freed
     */
    synchronized long freeUp(long bytes, Set<Sha256> kept) throws IOException {
        long freed = 0;
        if (!Files.isDirectory(folder)) return freed;
        for (StoredFile file : spare(kept)) {
            if (freed >= bytes) break;
            delete(file);
            freed += file.size;
        }
        return freed;
    }

    private synchronized List<StoredFile> spare(Set<Sha256> kept) throws IOException {
        var spare = new ArrayList<StoredFile>();
        for (StoredFile file : files()) {
            boolean isUsed = inUse.containsKey(file.hash) || written.containsKey(file.hash) || kept.contains(file.hash);
            if (!isUsed) spare.add(file);
        }
        spare.sort(Comparator.comparing(StoredFile::used));
        return spare;
    }

    private static void delete(StoredFile file) throws IOException {
        LOG.info("deletes artifact {} ({} bytes) from the cache", file.path.getFileName(), file.size);
        Files.deleteIfExists(file.path);
    }

    /** The agent's own lock covers the deletions, or two downloads could both count on the same room. */
    private synchronized void makeRoom(Sha256 hash, long size) throws IOException {
        List<StoredFile> files;
        try {
            PrivateFiles.makeFolder(folder);
            files = files();
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
        long needed = size;
        for (long each : written.values()) needed += each;
        var unused = new ArrayList<StoredFile>();
        for (StoredFile file : files) {
            // One that is being written may just have got its name.
            boolean isCounted = written.containsKey(file.hash) || (isPart(file.path) && file.hash.equals(hash));
            if (isCounted) continue;
            needed += file.size;
            if (!inUse.containsKey(file.hash)) unused.add(file);
        }
        unused.sort(Comparator.comparing(StoredFile::used));
        for (StoredFile file : unused) {
            if (needed <= limit) break;
            try {
                delete(file);
            } catch (IOException e) {
                throw new DiskFailure(e);
            }
            needed -= file.size;
        }
        if (needed > limit) {
            throw new IOException(
                    "artifacts in use leave no room in the cache of " + limit + " bytes (artifact_cache)");
        }
        written.put(hash, size);
    }

    private List<StoredFile> files() throws IOException {
        var files = new ArrayList<StoredFile>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Optional<Sha256> hash =
                        Sha256.parse(path.getFileName().toString().replace(PART, ""));
                if (hash.isPresent()) stored(path, hash.get()).ifPresent(files::add);
            }
        }
        return files;
    }

    /** Empty: it is no file, or was renamed or deleted meanwhile. */
    private static Optional<StoredFile> stored(Path path, Sha256 hash) throws IOException {
        try {
            BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!is.isRegularFile()) return Optional.empty();
            return Optional.of(new StoredFile(path, hash, is.size(), is.lastModifiedTime()));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    private static boolean isPart(Path file) {
        return file.toString().endsWith(PART);
    }
}
