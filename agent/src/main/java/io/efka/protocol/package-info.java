/**
 * The contract in code: ids, topics, error codes, faults, durations and what a status says. The agent and the operator's
 * tools share it; it knows neither of them, no broker and no thread. {@code agent/docs/protocol.md} is its prose.
 */
@NullMarked
package io.efka.protocol;

import org.jspecify.annotations.NullMarked;
