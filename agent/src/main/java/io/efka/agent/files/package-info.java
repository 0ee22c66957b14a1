/**
 * Who may read and change files on this machine: what the agent writes is its own, and an agent that is root runs nothing
 * that others can change. It uses the JDK only and has no state.
 */
@NullMarked
package io.efka.agent.files;

import org.jspecify.annotations.NullMarked;
