/**
 * Processes, control groups, signals, health probes and meters of a Linux machine; the adapter behind the core's ports.
 *
 * <p>A run is started by a small {@code /bin/sh} script ({@link io.efka.agent.process.tree.LaunchScript}) that replaces itself by the
 * program, so that the run is the agent's own child with its own session. What belongs to a run is found by its control
 * group where one can be had, else by its session, its descendants and {@code EFKA_RUN} in the environment. Work runs on
 * the executor that is handed in; nothing here blocks a caller.
 */
@NullMarked
package io.efka.agent.process;

import org.jspecify.annotations.NullMarked;
