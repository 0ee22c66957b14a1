/**
 * A broker that misbehaves on request: a proxy that reads every MQTT 5 packet between a client and a real broker, and a
 * table of quirks that decides what becomes of it. {@code BrokerProxy} is the way in, {@code Quirks} the list of what it
 * can do.
 */
package io.efka.it.proxy;
