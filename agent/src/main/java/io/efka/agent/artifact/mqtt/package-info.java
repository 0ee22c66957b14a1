/**
 * Fetches artifacts from the broker itself, and helps other devices to them. {@link
 * io.efka.agent.artifact.mqtt.ChunkTransfer} decides what to ask for and when, without I/O; {@link
 * io.efka.agent.artifact.mqtt.MqttSource} does it.
 *
 * <p>Each transfer has a connection of its own, so that no chunk takes the place of a command, at the broker or here. It
 * is open only while something is wanted.
 */
@NullMarked
package io.efka.agent.artifact.mqtt;

import org.jspecify.annotations.NullMarked;
