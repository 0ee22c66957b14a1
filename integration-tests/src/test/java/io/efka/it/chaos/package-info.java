/**
 * The chaos suite: a seeded schedule of faults, and an observer in a process of its own that counts what was lost,
 * duplicated, changed or reported wrongly. {@code ChaosIT} is the entry point, {@code ObserverMain} that of the
 * observer; {@code agent/docs/chaos.md} says what is judged and how.
 */
package io.efka.it.chaos;
