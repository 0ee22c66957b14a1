package io.efka.agent.artifact.archive;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path of an entry, which stays inside the folder that it is resolved against.
 *
 * @param value names joined by {@code /}, none of them empty, {@code .} or {@code ..}; empty: the folder itself
 */
record EntryPath(String value) {
    static final EntryPath ROOT = new EntryPath("");

    /** Bytes; leaves room for the folder's own path below the kernel's PATH_MAX. */
    static final int MAX_BYTES = 1024;

    static final int MAX_DEPTH = 64;

    /** The kernel's NAME_MAX, in bytes. */
    private static final int MAX_NAME = 255;

    /**
     * Reads a name of an archive: {@code ./a//b/} is {@code a/b}.
     *
     * @throws BadArchiveException if it is not UTF-8, is absolute, contains {@code ..} or control characters, or is too
     *     long
     */
    static EntryPath of(byte[] raw) throws BadArchiveException {
        String text = text(raw, raw, "a name");
        if (text.isEmpty()) throw BadArchiveException.of(raw, "has no name");
        if (text.startsWith("/")) throw BadArchiveException.of(raw, "has an absolute path");
        var names = new ArrayList<String>();
        for (String name : text.split("/", -1)) {
            if (name.equals("..")) throw BadArchiveException.of(raw, "has .. in its path");
            if (name.isEmpty() || name.equals(".")) continue;
            if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
                throw BadArchiveException.of(raw, "has a name of more than " + MAX_NAME + " bytes");
            }
            names.add(name);
        }
        if (names.size() > MAX_DEPTH) throw BadArchiveException.of(raw, "is more than " + MAX_DEPTH + " folders deep");
        return new EntryPath(String.join("/", names));
    }

    /**
     * Reads a path.
     *
     * @param entry to blame
     * @param what the text is: "a name"
     */
    static String text(byte[] raw, byte[] entry, String what) throws BadArchiveException {
        if (raw.length > MAX_BYTES) {
            throw BadArchiveException.of(entry, "has " + what + " of more than " + MAX_BYTES + " bytes");
        }
        String text = utf8(raw).orElseThrow(() -> BadArchiveException.of(entry, "has " + what + " that is not UTF-8"));
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw BadArchiveException.of(entry, "has " + what + " with control characters");
        }
        try {
            var unused = Path.of(text);
        } catch (InvalidPathException e) {
            // A JVM in the C locale.
            throw BadArchiveException.of(entry, "has " + what + " that files cannot have in the agent's locale");
        }
        return text;
    }

    private static Optional<String> utf8(byte[] raw) {
        try {
            // A new decoder reports what is malformed.
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    boolean isRoot() {
        return value.isEmpty();
    }

    Path under(Path folder) {
        return folder.resolve(value);
    }

    /** The folder that it is in; that of the root is the root. */
    EntryPath parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? ROOT : new EntryPath(value.substring(0, slash));
    }

    EntryPath child(String name) {
        return new EntryPath(isRoot() ? name : value + "/" + name);
    }

    /** The folders on the way to it, outermost first, without the root. */
    List<EntryPath> folders() {
        var folders = new ArrayList<EntryPath>();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            folders.add(new EntryPath(value.substring(0, slash)));
        }
        return folders;
    }

    @Override
    public String toString() {
        return value;
    }
}
