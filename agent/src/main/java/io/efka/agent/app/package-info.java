/**
 * The agent. {@link io.efka.agent.app.Settings} go in; {@link io.efka.agent.app.Agent} opens the state, has {@code Parts} wire the
 * rooms, starts them in order and ends them in reverse. It may use every room and decides nothing.
 *
 * <p>Started and ended on the caller's thread, or on {@code agent-shutdown} by command; the pools that the rooms run on,
 * {@code agent-worker} and {@code agent-launch}, are its own. {@code agent/docs/lifecycle.md} has the table.
 */
@NullMarked
package io.efka.agent.app;

import org.jspecify.annotations.NullMarked;
