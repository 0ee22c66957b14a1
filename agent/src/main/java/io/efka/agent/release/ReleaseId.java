package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.Names;
import java.util.regex.Pattern;

/**
 * Names a release and its content, as its folder is called: the release's name, {@code -} and the first 8 hex digits of the
 * content's SHA-256. Two artifacts of one name are two releases.
 */
public record ReleaseId(String value) implements Comparable<ReleaseId> {
    private static final int DIGITS = 8;
    private static final Pattern CONTENT = Pattern.compile("-[0-9a-f]{" + DIGITS + "}");

    public ReleaseId {
        if (!isLegal(value)) throw new IllegalArgumentException("bad release id: " + value);
    }

    /** @param sha256 of the content, 64 lower-case hex digits */
    public static ReleaseId of(String name, String sha256) {
        return new ReleaseId(ReleaseFolders.folderName(name, sha256));
    }

    public static boolean isLegal(String value) {
        int end = value.length() - DIGITS - 1;
        return end > 0
                && Names.isLegalRelease(value.substring(0, end))
                && CONTENT.matcher(value.substring(end)).matches();
    }

    /** The release's name, without what tells contents apart. */
    public String name() {
        return value.substring(0, value.length() - DIGITS - 1);
    }

    /** Whether an operator who writes {@code text} means this one: its name, or the whole id. */
    public boolean isCalled(String text) {
        return text.equals(value) || text.equals(name());
    }

    @Override
    public int compareTo(ReleaseId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
