package io.efka.agent.cli;

/**
 * A setting's value as somebody wrote it.
 *
 * @param where how to find it again: {@code --broker}, {@code EFKA_BROKER}, {@code efka.json: broker}
 */
record Written(String text, String where) {}
