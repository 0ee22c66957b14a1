package io.efka.agent.telemetry;

import io.efka.mqtt.MqttLink;
import io.efka.threads.Timers;
import java.util.function.LongSupplier;

/**
 * What every publisher of this room needs.
 *
 * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}: neither a set clock nor a suspended machine counts
 */
public record Uplink(MqttLink link, Timers timers, LongSupplier nanoTime) {}
