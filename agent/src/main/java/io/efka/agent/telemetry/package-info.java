/**
 * What the agent says of its services and of the machine: retained statuses, events, data, metrics. It may use values of
 * {@code service}, ports of {@code wire}, and Gson in codecs.
 *
 * <p>It has no thread: it hears of statuses on mailboxes and of what the broker sends in the session's mailbox, blocks
 * neither, and measures on the executor that is handed in.
 */
@NullMarked
package io.efka.agent.telemetry;

import org.jspecify.annotations.NullMarked;
