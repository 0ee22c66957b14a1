/**
 * Processes, control groups, signals and meters of a Linux machine; implements the core's ports.
 *
 * <p>A small {@code /bin/sh} script ({@link io.efka.agent.process.tree.LaunchScript}) starts a run and replaces itself
 * with the program, so the run is a child of the agent, with its own session. The processes of a run are found by its
 * control group, or, if it has none, by its session, its descendants and {@code EFKA_RUN} in the environment. Slow work
 * runs on the executors that are passed in; nothing here blocks a caller.
 */
@NullMarked
package io.efka.agent.process;

import org.jspecify.annotations.NullMarked;
