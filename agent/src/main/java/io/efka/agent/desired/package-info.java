/**
 * What a device should be, as retained documents say it: which revision is taken, when it begins, which document a service
 * belongs to, what differs from what was applied, and how a revision is taken back. {@link
 * io.efka.agent.desired.DocumentState} and the states beside it decide; they have no thread, no clock and no library. {@code
 * agent/docs/desired-state.md} has the table.
 *
 * <p>{@code DesiredState} acts, on one mailbox for all documents, by the commands that an operator would send. Every step is
 * on disk before its effect.
 */
@NullMarked
package io.efka.agent.desired;

import org.jspecify.annotations.NullMarked;
