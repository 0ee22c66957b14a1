/**
 * The MQTT link over Eclipse Paho. No other package uses Paho.
 *
 * <p>One thread, {@code agent-mqtt}, owns the link. It makes one {@code Connection} after the other, each with a new
 * Paho client, and calls the listener. Paho's own threads (receiver, sender, callbacks) only put tasks into the
 * connection's queue. Publishers call {@code Outgoing}, which has a lock.
 */
@NullMarked
package io.efka.mqtt.paho;

import org.jspecify.annotations.NullMarked;
