/**
 * Receives commands, records them in the ledger, runs them and replies. What each command does is in
 * {@code io.efka.agent.command.handler}.
 *
 * <p>The package has no thread of its own. The link's thread puts messages into the queue of {@link io.efka.agent.command.CommandRouter},
 * which decodes them one at a time on the given pool. {@link io.efka.agent.command.KeyedSerialExecutor} runs the commands of
 * each service one after the other on the same pool, where they may wait for the disk. Supervisors complete their results on
 * their mailboxes, which are never blocked.
 */
@NullMarked
package io.efka.agent.command;

import org.jspecify.annotations.NullMarked;
