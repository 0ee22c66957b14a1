/** The service's own connection to the agent over a Unix domain socket. */
@NullMarked
package io.efka.agent.channel;

import org.jspecify.annotations.NullMarked;
