/**
 * Who may read and change files on this machine. Files that the agent writes are private to its user, and an agent
 * that is root runs nothing that others can change. It uses only the JDK and has no state.
 */
@NullMarked
package io.efka.agent.files;

import org.jspecify.annotations.NullMarked;
