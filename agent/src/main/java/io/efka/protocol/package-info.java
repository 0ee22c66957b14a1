/**
 * The protocol in code: ids, topics, error codes, faults, durations and what a status says. The agent and the
 * operator's tools share it. It uses neither of them, no broker and no thread. {@code agent/docs/protocol.md}
 * describes it.
 */
@NullMarked
package io.efka.protocol;

import org.jspecify.annotations.NullMarked;
