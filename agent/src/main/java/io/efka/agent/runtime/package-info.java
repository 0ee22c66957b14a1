/**
 * The machine's clock and timers, run ids, rate limits, and mailboxes on a shared pool. Only this package reads the
 * clock.
 *
 * <p>Its one thread, {@code agent-timers}, wakes when something is due and hands the work to the pool.
 */
@NullMarked
package io.efka.agent.runtime;

import org.jspecify.annotations.NullMarked;
