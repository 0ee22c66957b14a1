package io.efka.agent.output;

import io.efka.agent.wire.Events;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Topics;

/** Where output goes: over which link, on which topics, and where its losses are announced. */
public record Outlet(MqttLink link, Topics topics, Events events) {}
