package io.efka.agent.process;

/**
 * How the JVM makes processes. By default it executes a helper from its own folder each time, and refuses to once the
 * package manager has put the helper of another version there: an agent that runs on through an update of its JDK could
 * then start nothing and send no signal. The other two ways need no file.
 */
public final class LaunchMechanism {
    static final String PROPERTY = "jdk.lang.Process.launchMechanism";

    /** From this version on the JDK complains about VFORK on stderr. FORK costs a millisecond or two more a process. */
    private static final int VFORK_DEPRECATED = 25;

    private LaunchMechanism() {}

    /** Chooses one that needs no helper, unless the operator has chosen. To be called before the first process is made. */
    public static void choose() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, of(Runtime.version().feature()));
        }
    }

    static String of(int javaVersion) {
        return javaVersion < VFORK_DEPRECATED ? "VFORK" : "FORK";
    }
}
