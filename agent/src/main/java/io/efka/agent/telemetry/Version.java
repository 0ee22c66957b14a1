package io.efka.agent.telemetry;

/** The version of the agent. */
public record Version(String value) {

    /** The version in the jar's manifest; {@code dev} if the agent does not run from its jar. */
    public static Version current() {
        String built = Version.class.getPackage().getImplementationVersion();
        return new Version(built == null ? "dev" : built);
    }

    @Override
    public String toString() {
        return value;
    }
}
