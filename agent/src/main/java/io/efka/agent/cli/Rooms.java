package io.efka.agent.cli;

import io.efka.agent.Lifecycle;
import io.efka.agent.Settings;
import io.efka.agent.install.ManifestReading;
import io.efka.agent.wire.BrokerSettings;
import io.efka.agent.wire.MqttLink;
import java.util.function.Function;

/**
 * What the commands need of other rooms; the real ones are wired in {@link Main}.
 *
 * @param agent makes an agent that is not started yet
 * @param link makes a link that is not opened yet
 * @param manifest reads a manifest's JSON text
 */
record Rooms(
        Function<Settings, Lifecycle> agent,
        Function<BrokerSettings, MqttLink> link,
        Function<String, ManifestReading> manifest) {}
