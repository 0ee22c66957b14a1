/**
 * A broker that misbehaves on request: a proxy that reads every MQTT 5 packet between a client and a real broker, and
 * a table of quirks that decides what happens to each. {@code BrokerProxy} is the entry point; {@code Quirks} lists
 * what it can do.
 */
package io.efka.it.proxy;
