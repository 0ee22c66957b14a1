package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in a file, or in two that belong together. It is read again for every connection. A file that can no longer
 * be used does not replace what was read of it before: somebody may be writing it, or have made a mistake. Thread-safe.
 */
final class KeptFile<T> {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    private final List<Source> sources;
    private final Parser<T> parser;

    @GuardedBy("this") private List<byte[]> contents = List.of();

    @GuardedBy("this") private Optional<T> value = Optional.empty();

    /** Why the files cannot be used now; empty: they can. */
    @GuardedBy("this") private String problem = "";

    /** @param kind for messages, such as {@code CA file} */
    record Source(String kind, Path path) {
        @Override
        public String toString() {
            return kind + " " + path;
        }
    }

    /** Makes a value of the contents of the files, in the order of the sources. */
    interface Parser<T> {
        /** @throws LinkException that names the file and what is wrong with it */
        T parse(List<byte[]> contents) throws LinkException;
    }

    /** What became of reading the files again. */
    enum Reread {
        CHANGED,
        UNCHANGED,
        /** What was read before, if anything, stays in force; the log says why. */
        UNUSABLE
    }

    KeptFile(List<Source> sources, Parser<T> parser) {
        this.sources = List.copyOf(sources);
        this.parser = parser;
    }

    /**
     * Reads the files.
     *
     * @throws LinkException if they cannot be used and never could
     */
    synchronized T read() throws LinkException {
        try {
            List<byte[]> now = readAll();
            if (value.isEmpty() || !isSame(now, contents)) value = Optional.of(parser.parse(now));
            contents = now;
            problem = "";
        } catch (LinkException unusable) {
            if (value.isEmpty()) throw unusable;
            String words = String.valueOf(unusable.getMessage());
            if (!words.equals(problem)) log.warn("{}: what was read before stays in force", words);
            problem = words;
        }
        return value.orElseThrow();
    }

    /** Reads the files for somebody who wants to know what became of it. */
    synchronized Reread reread() {
        List<byte[]> before = contents;
        problem = "";
        try {
            read();
        } catch (LinkException unusable) {
            log.warn("{}", unusable.getMessage());
            return Reread.UNUSABLE;
        }
        if (!problem.isEmpty()) return Reread.UNUSABLE;
        return isSame(before, contents) ? Reread.UNCHANGED : Reread.CHANGED;
    }

    /** The files, for messages. */
    String name() {
        return sources.stream().map(Source::toString).collect(Collectors.joining(" and "));
    }

    private List<byte[]> readAll() throws LinkException {
        var all = new ArrayList<byte[]>();
        for (Source source : sources) {
            try {
                all.add(Files.readAllBytes(source.path()));
            } catch (IOException e) {
                throw new LinkException("cannot read " + source + ": " + FileFailure.reason(e), e);
            }
        }
        return all;
    }

    private static boolean isSame(List<byte[]> one, List<byte[]> other) {
        if (one.size() != other.size()) return false;
        for (int i = 0; i < one.size(); i++) if (!Arrays.equals(one.get(i), other.get(i))) return false;
        return true;
    }
}
