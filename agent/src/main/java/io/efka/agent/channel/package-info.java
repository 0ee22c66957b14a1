/**
 * The service's own connection to the agent: a Unix domain socket, one JSON object per line
 * ({@code agent/docs/channel.md}).
 *
 * <p>One thread, {@code agent-channel}, accepts connections and reads for all services. Callers that send something to
 * a service write on their own thread, without waiting. Messages from services become events of the core, or go out
 * through {@link io.efka.agent.channel.ServiceMessageSink}. Nothing that arrives over the socket is trusted: its size,
 * its rate, its sender and its form are checked here.
 */
@NullMarked
package io.efka.agent.channel;

import org.jspecify.annotations.NullMarked;
