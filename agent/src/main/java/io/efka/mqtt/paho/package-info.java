/**
 * The MQTT link over Eclipse Paho. Nobody else sees Paho.
 *
 * <p>One thread, {@code agent-mqtt}, owns the link: it makes one {@code Connection} after the other, each with a Paho
 * client of its own that is never used again, and calls the listener. Paho's own threads (receiver, sender, callbacks)
 * only put signals into the connection's queue. Publishers pass through {@code Outgoing}, the only thing with a lock.
 */
@NullMarked
package io.efka.mqtt.paho;

import org.jspecify.annotations.NullMarked;
