package io.efka.agent.telemetry;

/** Which build of the agent this is. */
public record Version(String value) {

    /** As the jar's manifest says; {@code dev} where the agent does not run from its jar. */
    public static Version current() {
        String built = Version.class.getPackage().getImplementationVersion();
        return new Version(built == null ? "dev" : built);
    }

    @Override
    public String toString() {
        return value;
    }
}
