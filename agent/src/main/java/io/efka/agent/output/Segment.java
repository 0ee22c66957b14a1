package io.efka.agent.output;

import io.efka.agent.service.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of a stream: what one run wrote. Its name says all there is to know, so that a listing of the folder is
 * enough after a restart: {@code stdout.00000000000000123456.01JDAXXXXXXXXXXXXXXXXXXXXX.log}.
 *
 * @param base the stream's offset at the file's position 0
 */
record Segment(long base, RunId run, Path path) {
    private static final Pattern NAME = Pattern.compile("(stdout|stderr)\\.(\\d{20})\\.([0-9A-HJKMNP-TV-Z]{26})\\.log");

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    Segment {
        if (base < 0) throw new IllegalArgumentException("base offset must not be negative, was " + base);
    }

    static Segment named(Path folder, String leaf, long base, RunId run) {
        return new Segment(base, run, folder.resolve(String.format(Locale.ROOT, "%s.%020d.%s.log", leaf, base, run)));
    }

    /** When its run was launched: a run id begins with 48 bits of milliseconds, in ten characters of base 32. */
    Instant launched() {
        long millis = 0;
        for (char digit : run.value().substring(0, 10).toCharArray()) millis = millis << 5 | DIGITS.indexOf(digit);
        return Instant.ofEpochMilli(millis);
    }

    /** The segment that a file is, if it is one of this stream. */
    static Optional<Segment> parse(Path file, String leaf) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches() || !name.group(1).equals(leaf)) return Optional.empty();
        try {
            return Optional.of(new Segment(Long.parseLong(name.group(2)), new RunId(name.group(3)), file));
        } catch (NumberFormatException beyondLong) {
            return Optional.empty();
        }
    }
}
