/**
 * Introduces the device to Home Assistant, where that is asked for: one retained discovery document, with the services as
 * switches, sensors and buttons over the topics that exist anyway. It may use values of {@code service}, ports of
 * {@code wire}, what keeps a retained document right in {@code telemetry}, and Gson in codecs.
 *
 * <p>It has no thread: it hears of services on their mailboxes and of messages on the link's thread, and blocks neither.
 */
@NullMarked
package io.efka.agent.homeassistant;

import org.jspecify.annotations.NullMarked;
