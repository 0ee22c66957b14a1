/**
 * Announces the device to Home Assistant if the setting asks for it: one retained discovery document, with the
 * services as switches, sensors and buttons over existing topics. It may use values of {@code supervision}, ports of
 * {@code mqtt}, the class of {@code telemetry} that keeps a retained document up to date, and Gson in codecs.
 *
 * <p>It has no thread: it is told of services on their mailboxes and of messages in the session's mailbox, and blocks
 * neither.
 */
@NullMarked
package io.efka.agent.homeassistant;

import org.jspecify.annotations.NullMarked;
