package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Settings;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.manifest.ManifestReading;
import java.util.function.Function;

/**
 * What the commands need of other rooms; the real ones are wired in {@link Main}.
 *
 * @param agent makes an agent that is not started yet
 * @param link makes a link that is not opened yet
 * @param manifest reads a manifest's JSON text
 */
record CliDependencies(
        Function<Settings, Lifecycle> agent,
        Function<BrokerSettings, MqttLink> link,
        Function<String, ManifestReading> manifest) {}
