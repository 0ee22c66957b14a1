/**
 * File modes, ownership, and what it takes to write, sync and delete durably. Files that the agent writes are private to
 * its user, and an agent that is root runs nothing that others can change. Uses only the JDK and {@code threads}; has no
 * state.
 */
@NullMarked
package io.efka.agent.files;

import org.jspecify.annotations.NullMarked;
