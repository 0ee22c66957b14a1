/**
 * What every thread of the agent has in common: its name and start, what happens to an exception at its top, and how
 * it shows that it is not stuck. This is the lowest package: every other package may use it, and it uses only the JDK
 * and the log.
 *
 * <p>Its own threads are {@code agent-halt} and {@code agent-dump}, which wait until the agent cannot go on, and
 * {@code agent-self-check}.
 */
@NullMarked
package io.efka.threads;

import org.jspecify.annotations.NullMarked;
