package io.efka.fleet.artifact;

import java.io.IOException;
import java.nio.file.Path;

/** Names of files that go to devices. */
final class FileNames {
    /** What Java puts in the place of bytes that are no characters. */
    private static final char UNKNOWN = '\ufffd';

    private FileNames() {}

    /** Without a locale for it, Java cannot tell what bytes a name has, and devices would get others. */
    static void requireUtf8(String name, Path path) throws IOException {
        if (name.indexOf(UNKNOWN) < 0) return;
        throw new IOException("the name of " + path + " must be UTF-8, and the locale as well, such as C.UTF-8");
    }
}
