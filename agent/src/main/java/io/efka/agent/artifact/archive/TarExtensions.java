package io.efka.agent.artifact.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What extension headers say about the next entry: records of pax, and GNU's long names. Only those that matter here are
 * kept. Not thread-safe.
 */
final class TarExtensions {
    private static final String PATH = "path";
    private static final String LINK_PATH = "linkpath";
    private static final String SIZE = "size";
    private static final String TIME = "mtime";
    private static final String SPARSE = "GNU.sparse.";
    private static final int MAX_KEY = 128;

    private final Map<String, byte[]> records = new HashMap<>();

    /** Whether they still wait for their entry. */
    boolean isEmpty() {
        return records.isEmpty();
    }

    /** GNU's header for a long name. */
    void addName(byte[] content) throws BadArchiveException {
        add(PATH, withoutEnd(content));
    }

    /** GNU's header for a long link target. */
    void addLinkName(byte[] content) throws BadArchiveException {
        add(LINK_PATH, withoutEnd(content));
    }

    /** Records of pax for the next entry. */
    void addPax(byte[] content) throws BadArchiveException {
        parse(content, (key, value) -> {
            if (key.startsWith(SPARSE)) throw sparse();
            if (isOfInterest(key)) add(key, value);
        });
    }

    /** Records of pax for all entries that follow, such as the commit that {@code git archive} names. */
    static void checkGlobal(byte[] content) throws BadArchiveException {
        parse(content, (key, value) -> {
            if (key.startsWith(SPARSE)) throw sparse();
            if (isOfInterest(key) && !key.equals(TIME)) {
                throw BadArchiveException.of("has one " + key + " for several entries");
            }
        });
    }

    private static boolean isOfInterest(String key) {
        return key.equals(PATH) || key.equals(LINK_PATH) || key.equals(SIZE) || key.equals(TIME);
    }

    private static BadArchiveException sparse() {
        return BadArchiveException.of("has sparse files: make it without --sparse");
    }

    private void add(String key, byte[] value) throws BadArchiveException {
        if (records.put(key, value) != null) throw BadArchiveException.of(value, "has two headers with a " + key);
    }

    private static byte[] withoutEnd(byte[] content) {
        int end = content.length;
        while (end > 0 && content[end - 1] == 0) end--;
        return Arrays.copyOf(content, end);
    }

    private interface Records {
        void record(String key, byte[] value) throws BadArchiveException;
    }

    /** Each record is {@code "%d %s=%s\n"}: its length in bytes, all of it; the key; the value. */
    private static void parse(byte[] content, Records records) throws BadArchiveException {
        for (int at = 0; at < content.length; ) {
            int space = indexOf(content, ' ', at, 10);
            int length = length(content, at, space);
            int end = at + length;
            if (length <= space - at || end > content.length || end < at || content[end - 1] != '\n') throw damaged();
            int equals = indexOf(content, '=', space + 1, MAX_KEY);
            if (equals >= end) throw damaged();
            String key = new String(content, space + 1, equals - space - 1, StandardCharsets.UTF_8);
            records.record(key, Arrays.copyOfRange(content, equals + 1, end - 1));
            at = end;
        }
    }

    private static int indexOf(byte[] content, char wanted, int from, int most) throws BadArchiveException {
        for (int i = from; i < content.length && i <= from + most; i++) if (content[i] == wanted) return i;
        throw damaged();
    }

    private static int length(byte[] content, int from, int to) throws BadArchiveException {
        return (int) number(Arrays.copyOfRange(content, from, to), Integer.MAX_VALUE)
                .orElseThrow(TarExtensions::damaged)
                .longValue();
    }

    /** Decimal digits only. */
    private static Optional<Long> number(byte[] text, long most) {
        if (text.length == 0 || text.length > 18) return Optional.empty();
        long number = 0;
        for (byte digit : text) {
            if (digit < '0' || digit > '9') return Optional.empty();
            number = number * 10 + (digit - '0');
        }
        return number > most ? Optional.empty() : Optional.of(number);
    }

    private static BadArchiveException damaged() {
        return BadArchiveException.of("is damaged: pax header");
    }

    /** The header with what the extensions say instead. They are empty afterwards. */
    TarHeader applyTo(TarHeader header) throws BadArchiveException {
        byte[] name = records.getOrDefault(PATH, header.name());
        long size = header.size();
        byte[] sizeText = records.get(SIZE);
        if (sizeText != null) {
            size = number(sizeText, Long.MAX_VALUE)
                    .orElseThrow(() -> BadArchiveException.of(name, "has a size that is no number"));
        }
        TarHeader whole =
                header.with(name, records.getOrDefault(LINK_PATH, header.linkName()), size, time(header.modified()));
        records.clear();
        return whole;
    }

    /** Seconds, with a fraction that is cut off. */
    private long time(long otherwise) {
        byte[] text = records.get(TIME);
        if (text == null) return otherwise;
        int end = 0;
        while (end < text.length && text[end] != '.') end++;
        return number(Arrays.copyOf(text, end), 253_402_300_799L).orElse(otherwise);
    }
}
