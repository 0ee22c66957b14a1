package io.efka.fleet.desired;

/**
 * What would change of one service.
 *
 * @param sign {@code +} it comes, {@code -} it goes, {@code ~} it changes, {@code !} the device refuses it, {@code ?} nobody can tell
 * @param text in words: {@code release 1.4.2-0f3a9c1e -> 1.5.0-77aa00bb}
 * @param document that says so
 */
public record ServiceChange(char sign, String service, String text, String document) {}
