package io.efka.agent.output.store;

import io.efka.protocol.RunId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run wrote, in one file. The file's name contains everything about it, so that a listing of the folder is
 * enough after a restart: {@code stdout.00000000000000123456.01JDAXXXXXXXXXXXXXXXXXXXXX.log}. If no new file could be
 * created, it is another name of the previous run's file, and says where in it the run's own bytes begin:
 * {@code ….at4711.log}.
 *
 * @param base the stream's offset at the file's {@code position}
 * @param key identifies the file that was created or found; {@link #GONE} if it does not exist any more
 */
public record Segment(long base, long position, RunId run, Path path, Object key) {
    /** The key of a file that does not exist, or was replaced. */
    public static final Object GONE = new Object();

    /** The end of the name of a file that was found in place of a segment's file. */
    static final String REPLACED = ".replaced";

    private static final Pattern NAME =
            Pattern.compile("(stdout|stderr)\\.(\\d{20})\\.([0-9A-HJKMNP-TV-Z]{26})(?:\\.at(\\d{1,18}))?\\.log");

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public Segment {
        if (base < 0) throw new IllegalArgumentException("base offset must not be negative, was " + base);
    }

    public static Path path(Path folder, String leaf, long base, long position, RunId run) {
        String at = position == 0 ? "" : ".at" + position;
        return folder.resolve(String.format(Locale.ROOT, "%s.%020d.%s%s.log", leaf, base, run, at));
    }

    /** When its run was launched: the first ten characters of a run id are 48 bits of milliseconds, in base 32. */
    public Instant launched() {
        long millis = 0;
        for (char digit : run.value().substring(0, 10).toCharArray()) millis = millis << 5 | DIGITS.indexOf(digit);
        return Instant.ofEpochMilli(millis);
    }

    /** Whether a file belongs to this stream according to its name, or was found in place of one. */
    static boolean isOne(Path file, String leaf) {
        String name = String.valueOf(file.getFileName());
        String own = name.endsWith(REPLACED) ? name.substring(0, name.length() - REPLACED.length()) : name;
        return parse(Path.of(own), leaf, GONE).isPresent();
    }

    /** The segment in a file; empty if its name is not one of this stream. */
    public static Optional<Segment> parse(Path file, String leaf, Object key) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches() || !name.group(1).equals(leaf)) return Optional.empty();
        String at = name.group(4);
        long position = at == null ? 0 : Long.parseLong(at);
        try {
            return Optional.of(
                    new Segment(Long.parseLong(name.group(2)), position, new RunId(name.group(3)), file, key));
        } catch (NumberFormatException beyondLong) {
            return Optional.empty();
        }
    }

    /**
     * Bytes of a stream that are in one file.
     *
     * @param from offset of the first of them
     * @param end offset behind the last of them
     * @param live whether more may be appended
     */
    public record Extent(Segment segment, long from, long end, boolean live) {

        /** The position of {@code from} in the file. */
        long position() {
            return from - segment.base() + segment.position();
        }
    }
}
