/**
 * The agent's session at the broker: it decides whether this agent speaks for the device if another agent uses the same
 * id, publishes birth, will and farewell, and tells the others when to publish and to accept commands. It may use
 * values of {@code supervision}, ports of {@code mqtt}, and codecs and values of {@code telemetry}. It notifies others
 * through functions that are passed in.
 *
 * <p>It has no thread and no lock: everything that happens to it is a task in one mailbox.
 */
@NullMarked
package io.efka.agent.session;

import org.jspecify.annotations.NullMarked;
