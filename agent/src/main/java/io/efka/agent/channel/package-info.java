/**
 * The service's own connection to the agent, over a Unix domain socket. Nothing of it is there yet: until then
 * {@code "ready":"channel"} is never reached and {@code watchdog} has no effect. It may use {@code service} and the JDK.
 */
@NullMarked
package io.efka.agent.channel;

import org.jspecify.annotations.NullMarked;
