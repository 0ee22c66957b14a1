/**
 * The way of a command: topic, payload, ledger, lane, handler, reply. It may use the rooms {@code service}, {@code wire}
 * and the values of {@code install}; Gson is seen in codecs only ({@code PayloadCodec}, {@code Arguments}, {@code Fields},
 * {@code LedgerCodec}, {@code Documents}).
 *
 * <p>It has no thread of its own. The link's thread hands a message to the intake, which takes them apart one at a time on
 * the given pool; each lane runs one command at a time on the same pool; the disk is waited for there as well. Supervisors
 * answer on their mailboxes, which are never kept waiting.
 */
@NullMarked
package io.efka.agent.command;

import org.jspecify.annotations.NullMarked;
