package io.efka.agent.supervision;

/**
 * What a service is told about how to work, beside its manifest.
 *
 * @param version counts the changes, from 1; 0: it was never set
 * @param json one JSON object
 */
public record Configuration(long version, String json) {
    /** Nothing was set. */
    public static final Configuration NONE = new Configuration(0, "{}");
}
