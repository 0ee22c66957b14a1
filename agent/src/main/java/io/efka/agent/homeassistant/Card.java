package io.efka.agent.homeassistant;

import io.efka.agent.telemetry.Machine;
import io.efka.agent.telemetry.Version;
import io.efka.agent.wire.Topics;

/**
 * What Home Assistant is told of the device as such.
 *
 * @param hasMetrics whether metrics are published at all; without them there are no sensors that show them
 */
public record Card(Topics topics, Version version, Machine machine, boolean hasMetrics) {}
