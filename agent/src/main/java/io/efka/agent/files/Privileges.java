package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The privileges that the agent runs with. */
public final class Privileges {
    private static final int UID = uid();
    private static final boolean ROOT = UID == 0 && hasOtherUsers(uidMap());

    private Privileges() {}

    /**
     * Whether the agent can become other users, and so must not be made to do what they want. It cannot in a user
     * namespace whose only user is root: that root has no privileges outside of it, and sees the files of the real root
     * as nobody's.
     */
    public static boolean isRoot() {
        return ROOT;
    }

    /** The agent's user in words, with the number that chown needs: {@code user efka (999)}. */
    public static String user() {
        String name = System.getProperty("user.name", "?");
        // The JVM's word for a user without a name.
        return name.equals("?") ? "user " + UID : "user " + name + " (" + UID + ")";
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
