/**
 * The service's own connection to the agent: a Unix domain socket, one JSON object a line
 * ({@code agent/docs/channel.md}).
 *
 * <p>One thread, {@code agent-channel}, accepts and reads for all services; whoever has something to tell a service
 * writes from its own thread, without waiting. What services say becomes events of the core, or goes out through
 * {@link io.efka.agent.channel.ServiceMessageSink}. Nothing that comes over the socket is trusted: its size, its rate, its
 * sender and its form are checked here.
 */
@NullMarked
package io.efka.agent.channel;

import org.jspecify.annotations.NullMarked;
