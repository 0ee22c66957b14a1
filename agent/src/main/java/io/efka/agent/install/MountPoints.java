package io.efka.agent.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The folders and files where something is mounted, as this process sees them. The kernel's list is read, because a bind
 * mount of the same file system cannot be told by its device number.
 */
final class MountPoints {
    private static final Path LIST = Path.of("/proc/self/mountinfo");

    /** Field of a line of mountinfo(5): id, parent, device, root, mount point. */
    private static final int MOUNT_POINT = 4;

    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private final Set<String> names;

    private MountPoints(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    static MountPoints ofThisProcess() throws IOException {
        // Bytes to characters one to one: a name in another encoding must not end the reading.
        return parse(Files.readString(LIST, StandardCharsets.ISO_8859_1));
    }

    /** @param mountinfo the text of that file, one byte a character */
    static MountPoints parse(String mountinfo) {
        return new MountPoints(mountinfo
                .lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length > MOUNT_POINT)
                .map(fields -> unescaped(fields[MOUNT_POINT]))
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Follows symbolic links above the folder, as the kernel's names have none. */
    boolean contains(Path folder) throws IOException {
        byte[] name = folder.toRealPath().toString().getBytes(StandardCharsets.UTF_8);
        return names.contains(new String(name, StandardCharsets.ISO_8859_1));
    }

    /** Space, tab, newline and backslash are written in octal. */
    private static String unescaped(String field) {
        return ESCAPED.matcher(field).replaceAll(MountPoints::character);
    }

    private static String character(MatchResult octal) {
        return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8)));
    }
}
