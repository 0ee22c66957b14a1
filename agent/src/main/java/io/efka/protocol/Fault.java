package io.efka.protocol;

/**
 * One thing that is wrong with a manifest, an argument or a setting.
 *
 * @param key where it is, as a path: {@code restart.delay}
 * @param value what is there, as JSON text, shortened; {@code missing} if nothing is
 * @param expected what would be right
 */
public record Fault(String key, String value, String expected) {
    /** The same fault with {@code path} in front of its key. */
    public Fault below(String path) {
        return new Fault(path + "." + key, value, expected);
    }

    /** The fault as a message of its own. */
    public String sentence() {
        return key + " " + expected + ", was " + value;
    }

    /** The fault as one line of a list. */
    @Override
    public String toString() {
        return key + ": " + expected + ", was " + value;
    }
}
