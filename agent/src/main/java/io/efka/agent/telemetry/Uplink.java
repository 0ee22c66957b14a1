package io.efka.agent.telemetry;

import io.efka.agent.service.Timers;
import io.efka.agent.wire.MqttLink;
import java.util.function.LongSupplier;

/**
 * What every publisher of this room needs.
 *
 * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}: neither a set clock nor a suspended machine counts
 */
public record Uplink(MqttLink link, Timers timers, LongSupplier nanoTime) {}
