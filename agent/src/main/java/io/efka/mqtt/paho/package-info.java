/**
 * The MQTT link over Eclipse Paho. No other package uses Paho.
 *
 * <p>One thread, {@code agent-mqtt}, owns the link. It makes one {@code Connection} after the other, each with a new
 * Paho client that is never used again, and calls the listener. Paho's own threads (receiver, sender, callbacks) only
 * put signals into the connection's queue. Publishers pass through {@code Outgoing}, the only class with a lock.
 */
@NullMarked
package io.efka.mqtt.paho;

import org.jspecify.annotations.NullMarked;
