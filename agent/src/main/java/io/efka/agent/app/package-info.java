/**
 * The agent. {@link io.efka.agent.app.Agent} takes {@link io.efka.agent.app.Settings} and opens the state;
 * {@code AgentAssembly} creates the parts, connects them, starts them in order and stops them in reverse. The package may use
 * every other one.
 *
 * <p>The agent is started and stopped on the caller's thread, or stopped on {@code agent-shutdown} by a command. It owns the
 * thread pools, such as {@code agent-worker} and {@code agent-launch}. {@code agent/docs/lifecycle.md} has the table.
 */
@NullMarked
package io.efka.agent.app;

import org.jspecify.annotations.NullMarked;
