/**
 * Messages, the port to the broker ({@link io.efka.mqtt.MqttLink}) and the outbox that sends replies and events across
 * lost connections. It may use {@code threads} and the JDK, no library.
 *
 * <p>It has no thread: everything here is a value, or thread-safe.
 */
@NullMarked
package io.efka.mqtt;

import org.jspecify.annotations.NullMarked;
