package io.efka.protocol;

/**
 * One thing that is wrong with a manifest, an argument or a setting.
 *
 * @param key where, as a path: {@code restart.delay}
 * @param value what is there, as JSON text, shortened; {@code missing} if nothing is
 * @param expected what would be right
 */
public record Fault(String key, String value, String expected) {
    /** The same where it is below {@code path}. */
    public Fault below(String path) {
        return new Fault(path + "." + key, value, expected);
    }

    /** As it is told when there is nothing else to tell. */
    public String sentence() {
        return key + " " + expected + ", was " + value;
    }

    /** As it is told in a list. */
    @Override
    public String toString() {
        return key + ": " + expected + ", was " + value;
    }
}
