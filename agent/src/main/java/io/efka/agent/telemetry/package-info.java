/**
 * What the agent says of itself and of its services: birth and will, retained statuses, events, metrics; and whether it may
 * speak for the device at all, should another agent use its name. It may use values of {@code service}, ports of
 * {@code wire}, and Gson in codecs.
 *
 * <p>It has no thread: it hears of statuses on mailboxes and of connections on the link's thread, blocks neither, and
 * measures on the executor that is handed in.
 */
@NullMarked
package io.efka.agent.telemetry;

import org.jspecify.annotations.NullMarked;
