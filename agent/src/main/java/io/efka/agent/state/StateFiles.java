package io.efka.agent.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names in the state folder. {@code journal-G} has the changes since {@code checkpoint-G}, up to
 * {@code checkpoint-(G+1)}; generation 1 begins with nothing, without a checkpoint.
 */
record StateFiles(Path folder) {
    static final long FIRST = 1;
    static final int CHECKPOINT_VERSION = 1;

    private static final Pattern JOURNAL = Pattern.compile("journal-(\\d{1,18})");
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{1,18})\\.v(\\d{1,9})\\.([0-9a-f]{8})");
    private static final Pattern DAMAGED = Pattern.compile(".+\\.damaged-(\\d{1,9})");

    /** A checkpoint's name says all that is needed to judge its content. */
    record CheckpointFile(Path path, long generation, int version, int crc) {}

    Path journal(long generation) {
        return folder.resolve("journal-%08d".formatted(generation));
    }

    Path checkpoint(long generation, int crc) {
        String hex = HexFormat.of().toHexDigits(crc);
        return folder.resolve("checkpoint-%08d.v%d.%s".formatted(generation, CHECKPOINT_VERSION, hex));
    }

    /** A checkpoint that is being written; without any meaning after a crash. */
    Path unfinished() {
        return folder.resolve("checkpoint.unfinished");
    }

    SortedMap<Long, Path> journals() throws IOException {
        var found = new TreeMap<Long, Path>();
        for (Matcher matcher : matching(JOURNAL)) {
            found.put(Long.valueOf(matcher.group(1)), folder.resolve(matcher.group()));
        }
        return found;
    }

    /** Newest first. */
    List<CheckpointFile> checkpoints() throws IOException {
        var found = new ArrayList<CheckpointFile>();
        for (Matcher matcher : matching(CHECKPOINT)) {
            found.add(new CheckpointFile(
                    folder.resolve(matcher.group()),
                    Long.parseLong(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    HexFormat.fromHexDigits(matcher.group(3))));
        }
        found.sort(Comparator.comparingLong(CheckpointFile::generation).reversed());
        return found;
    }

    /** Damaged files that were set aside, oldest first. */
    List<Path> setAside() throws IOException {
        var found = new TreeMap<Integer, Path>();
        for (Matcher matcher : matching(DAMAGED)) {
            found.put(Integer.valueOf(matcher.group(1)), folder.resolve(matcher.group()));
        }
        return List.copyOf(found.values());
    }

    /** The name under which a damaged file is set aside; one number higher than the last. */
    Path asideOf(Path file) throws IOException {
        int last = 0;
        for (Matcher matcher : matching(DAMAGED)) last = Math.max(last, Integer.parseInt(matcher.group(1)));
        return folder.resolve(file.getFileName() + ".damaged-" + (last + 1));
    }

    private List<Matcher> matching(Pattern pattern) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.map(path -> pattern.matcher(path.getFileName().toString()))
                    .filter(Matcher::matches)
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
