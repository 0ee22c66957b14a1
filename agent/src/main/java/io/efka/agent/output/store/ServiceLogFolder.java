package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs.Stream;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the folder of one service's output: only files with names that the agent creates, because others may write to
 * the log folder, too.
 */
record ServiceLogFolder(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceLogFolder.class);

    /** All folders in {@code logs} that have the name of a service. */
    static List<ServiceLogFolder> in(Path logs) {
        if (!Files.isDirectory(logs)) return List.of();
        try (java.util.stream.Stream<Path> entries = Files.list(logs)) {
            return entries.filter(entry -> Names.isLegal(String.valueOf(entry.getFileName())))
                    .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(ServiceLogFolder::new)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} cannot be listed: the output of removed services stays there: {}", logs, FileFailure.words(e));
            return List.of();
        }
    }

    ServiceId service() {
        return new ServiceId(String.valueOf(folder.getFileName()));
    }

    /**
     * Deletes the agent's files and, if it is then empty, the folder; returns whether none of the agent's files is
     * left.
     */
    boolean delete() {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return true;
        try {
            for (Path file : files()) Files.deleteIfExists(file);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("service={} its output in {} cannot be deleted: {}", service(), folder, FileFailure.words(e));
            return false;
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.info("service={} left {}: {}", service(), folder, e.toString());
        }
        return true;
    }

    private List<Path> files() throws IOException {
        try (java.util.stream.Stream<Path> entries = Files.list(folder)) {
            return entries.filter(ServiceLogFolder::isOurs)
                    .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    private static boolean isOurs(Path file) {
        for (Stream stream : Stream.values()) {
            String leaf = StreamId.leaf(stream);
            if (Segment.isOne(file, leaf) || OldestOffsetFile.isOne(file, leaf)) return true;
        }
        return false;
    }
}
