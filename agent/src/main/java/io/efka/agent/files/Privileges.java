package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** As whom this agent runs. */
public final class Privileges {
    private static final boolean ROOT = uid() == 0 && hasOtherUsers(uidMap());

    private Privileges() {}

    /**
     * Whether it can become other users, and so must not be led to do what they want. Not so in a user namespace that has
     * no user but its root, which is somebody without any privilege outside of it, and to whom all files of the real root
     * seem to be nobody's.
     */
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

    private static String uidMap() {
        try {
            return Files.readString(Path.of("/proc/self/uid_map"));
        } catch (IOException kernelWithoutNamespaces) {
            return "";
        }
    }

    /** @param uidMap lines of "first inside, first outside, how many" (user_namespaces(7)) */
    static boolean hasOtherUsers(String uidMap) {
        return !uidMap.strip().matches("\\d+\\s+\\d+\\s+1");
    }
}
