/**
 * The chaos suite: a seeded schedule of faults, and an observer in a process of its own that counts what got lost,
 * doubled, changed or lied about meanwhile. {@code ChaosIT} is the way in, {@code ObserverMain} the observer's;
 * {@code agent/docs/chaos.md} says what is judged and how.
 */
package io.efka.it.chaos;
