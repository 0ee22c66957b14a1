package io.efka.agent.process.tree;

import io.efka.agent.files.PrivateFiles;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private folder of the FIFOs that are the services' stdin, one per service. */
public record RunFolder(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
    private static final String STDIN = ".stdin";

    /** Creates the folder. If that fails, services still start, with a warning and without stdin. */
    public static RunFolder prepared(Path folder) {
        try {
            PrivateFiles.makeFolder(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException refused) {
            LOG.warn("run folder {} cannot be used, services get no stdin: {}", folder, FileFailure.words(refused));
            LOG.debug("run folder {} cannot be used", folder, refused);
        }
        return new RunFolder(folder);
    }

    /** Creates the folder again if it was deleted. */
    public void require() {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) prepared(folder);
    }

    /** The path of a service's FIFO. */
    public Path stdin(ServiceId service) {
        return folder.resolve(service + STDIN);
    }

    /** The service was removed: deletes its FIFO. */
    public void forget(ServiceId service) {
        delete(stdin(service));
    }

    /** Deletes the FIFOs of all other services. */
    public void forgetAllBut(Set<ServiceId> installed) {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file ->
                            service(file).filter(id -> !installed.contains(id)).isPresent())
                    .forEach(RunFolder::delete);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("the FIFOs of removed services in {} cannot be deleted: {}", folder, FileFailure.words(e));
        }
    }

    private static Optional<ServiceId> service(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(STDIN)) return Optional.empty();
        String id = name.substring(0, name.length() - STDIN.length());
        return Names.isLegal(id) ? Optional.of(new ServiceId(id)) : Optional.empty();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted before the next start: {}", file, FileFailure.words(e));
        }
    }
}
