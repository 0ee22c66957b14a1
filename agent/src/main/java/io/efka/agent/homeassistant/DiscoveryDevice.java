package io.efka.agent.homeassistant;

import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.Version;
import io.efka.protocol.Topics;

/**
 * What Home Assistant is told of the device as such.
 *
 * @param hasMetrics whether metrics are published at all; without them there are no sensors that show them
 */
public record DiscoveryDevice(Topics topics, Version version, MachineFacts machine, boolean hasMetrics) {}
