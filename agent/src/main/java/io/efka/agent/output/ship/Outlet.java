package io.efka.agent.output.ship;

import io.efka.agent.telemetry.Events;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Topics;

/** Where output goes: over which link, on which topics, and where its losses are announced. */
public record Outlet(MqttLink link, Topics topics, Events events) {}
