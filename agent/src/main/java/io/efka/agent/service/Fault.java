package io.efka.agent.service;

/**
 * One thing that is wrong with a manifest.
 *
 * @param key where, as a path: {@code restart.delay}
 * @param value what is there, as JSON text, shortened; {@code missing} if nothing is
 * @param expected what would be right
 */
public record Fault(String key, String value, String expected) {
    @Override
    public String toString() {
        return key + ": " + expected + ", was " + value;
    }
}
