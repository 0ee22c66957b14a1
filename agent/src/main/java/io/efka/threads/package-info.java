/**
 * What all threads of the agent have in common: how they start, what happens to an exception that nobody handles, and
 * how they show that they are not stuck. This is the lowest package: every other package may use it, and it uses only
 * the JDK and the log.
 *
 * <p>Its own threads are {@code agent-halt} and {@code agent-dump}, which wait for a fatal error, and
 * {@code agent-self-check}.
 */
@NullMarked
package io.efka.threads;

import org.jspecify.annotations.NullMarked;
