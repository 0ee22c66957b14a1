/**
 * What the agent reports about its services and the machine: retained statuses, events, data, metrics. It may use
 * values of {@code supervision}, ports of {@code mqtt}, and Gson in codecs.
 *
 * <p>It has no thread. Statuses arrive on the services' mailboxes, and messages from the broker in the session's
 * mailbox; it blocks neither. It measures on the executor that is passed in.
 */
@NullMarked
package io.efka.agent.telemetry;

import org.jspecify.annotations.NullMarked;
