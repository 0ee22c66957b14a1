package io.efka.agent.artifact.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An archive is damaged, or contains what is never unpacked. Trying again does not help. */
public final class BadArchiveException extends IOException {
    private static final int MAX_SHOWN = 120;

    private final transient Optional<String> entry;

    private BadArchiveException(Optional<String> entry, String message) {
        super(message);
        this.entry = entry;
    }

    /** @param what is wrong with the archive as a whole: "is cut off" */
    static BadArchiveException of(String what) {
        return new BadArchiveException(Optional.empty(), "archive " + what);
    }

    /**
     * @param name of the entry, as it is in the archive
     * @param what is wrong with the entry: "is a device"
     */
    static BadArchiveException of(byte[] name, String what) {
        String entry = shown(name);
        return new BadArchiveException(Optional.of(entry), "archive entry \"" + entry + "\" " + what);
    }

    static BadArchiveException of(EntryPath path, String what) {
        return of(path.value().getBytes(StandardCharsets.UTF_8), what);
    }

    /** The name of the entry that is to blame, without control characters, cut off after 120 characters. */
    public Optional<String> entry() {
        return entry;
    }

    static String shown(byte[] text) {
        var shown = new StringBuilder();
        new String(text, StandardCharsets.UTF_8)
                .codePoints()
                .limit(MAX_SHOWN + 1L)
                .map(point -> Character.isISOControl(point) || point == '"' ? '?' : point)
                .forEach(shown::appendCodePoint);
        if (shown.codePointCount(0, shown.length()) <= MAX_SHOWN) return shown.toString();
        return shown.substring(0, shown.offsetByCodePoints(0, MAX_SHOWN)) + "…";
    }
}
