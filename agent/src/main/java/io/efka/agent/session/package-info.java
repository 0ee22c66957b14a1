/**
 * The agent's session at the broker: whether it speaks for the device, in case another agent uses its name; birth,
 * will and farewell; who may publish and who takes commands, and when. It may use values of {@code supervision}, ports
 * of {@code mqtt}, and codecs and values of {@code telemetry}. It notifies others through functions that are passed
 * in.
 *
 * <p>It has no thread and no lock: everything that happens to it is a task in one mailbox.
 */
@NullMarked
package io.efka.agent.session;

import org.jspecify.annotations.NullMarked;
