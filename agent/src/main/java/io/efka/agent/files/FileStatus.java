package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What the kernel says of a file, by numbers: no name is looked up. A link is not followed.
 *
 * @param mode permissions and type, as {@code st_mode} of stat(2)
 * @param uid its owner
 * @param gid its group
 */
public record FileStatus(int mode, int uid, int gid) {
    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;

    /** @throws IOException if there is no such file, or the way to it is closed */
    public static FileStatus of(Path path) throws IOException {
        Map<String, Object> status = Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        return new FileStatus(number(status, "mode"), number(status, "uid"), number(status, "gid"));
    }

    private static int number(Map<String, Object> status, String name) {
        return (Integer) Objects.requireNonNull(status.get(name), name);
    }

    boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    boolean isRoots() {
        return uid == 0;
    }
}
