package io.efka.agent.main;

/**
 * A setting's value as somebody wrote it.
 *
 * @param where how to find it again: {@code --broker}, {@code EFKA_BROKER}, {@code efka.json: broker}
 */
record RawSetting(String text, String where) {}
