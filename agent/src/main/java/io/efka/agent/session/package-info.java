/**
 * The agent's standing at the broker: whether it speaks for the device, should another agent use its name; birth, will
 * and farewell; and who may publish or takes commands when. It may use values of {@code service}, ports of {@code wire},
 * and codecs and values of {@code telemetry}. Those that it tells are functions, handed in.
 *
 * <p>It has no thread and no lock: everything that happens to it is a task in one mailbox.
 */
@NullMarked
package io.efka.agent.session;

import org.jspecify.annotations.NullMarked;
