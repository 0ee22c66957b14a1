package io.efka.protocol;

import java.util.Set;

/**
 * The environment variables that an agent and its services share. The whole prefix belongs to the agent: its own settings,
 * which include secrets, never reach a service, and a manifest can set no variable with this prefix.
 */
public final class EfkaVariables {
    public static final String PREFIX = "EFKA_";

    /** The run that a process belongs to. */
    public static final String RUN = "EFKA_RUN";

    /** Marks a command that the agent runs beside a service. */
    public static final String SIDE = "EFKA_SIDE";

    /** The agent that a process belongs to, by its data folder. */
    public static final String AGENT = "EFKA_AGENT";

    public static final String SERVICE = "EFKA_SERVICE";
    public static final String DEVICE = "EFKA_DEVICE";

    /** The main process of the service, for its stop command. */
    public static final String PID = "EFKA_PID";

    public static final String CHANNEL = "EFKA_CHANNEL";
    public static final String TOKEN = "EFKA_TOKEN";

    /** For a service, its configuration file; for an agent, its settings file. */
    public static final String CONFIG = "EFKA_CONFIG";

    /** The service's own folder, which no release touches. */
    public static final String DATA = "EFKA_DATA";

    /** The release that runs, as its folder is called. */
    public static final String RELEASE = "EFKA_RELEASE";

    /** What the start script of the agent reads. */
    public static final Set<String> OF_SCRIPT = Set.of("EFKA_JAR", "EFKA_JAVA", "EFKA_JAVA_OPTS");

    /** What a service finds in its environment. */
    public static final Set<String> OF_SERVICES =
            Set.of(RUN, SIDE, AGENT, SERVICE, DEVICE, PID, CHANNEL, TOKEN, CONFIG, DATA, RELEASE);

    private EfkaVariables() {}

    /** Whether only the agent may set a variable of this name. */
    public static boolean isReserved(String name) {
        return name.startsWith(PREFIX);
    }
}
