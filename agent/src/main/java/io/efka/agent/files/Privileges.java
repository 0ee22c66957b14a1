package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** As whom this agent runs. */
public final class Privileges {
    private static final boolean ROOT = uid() == 0;

    private Privileges() {}

    /** Whether it may become any user, and so must not be led to. */
    public static boolean isRoot() {
        return ROOT;
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return -1;
        }
    }
}
