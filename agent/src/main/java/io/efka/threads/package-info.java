/**
 * What every thread of the agent has in common: how it is named and started, what becomes of what is thrown at its top,
 * and how it shows that it is not stuck. The lowest package: every other may use it, it uses the JDK and the log only.
 *
 * <p>Its own threads are {@code agent-halt} and {@code agent-dump}, which wait until the agent cannot go on, and
 * {@code agent-self-check}.
 */
@NullMarked
package io.efka.threads;

import org.jspecify.annotations.NullMarked;
