package io.efka.agent.paho;

import io.efka.agent.wire.MqttLink.Loss;
import java.time.Duration;
import java.util.Optional;

/**
 * How a connection, or the attempt at one, came to its end.
 *
 * @param up how long it was up; empty if it never was
 * @param cause for the log
 * @param unreadable it ended because of something the broker sent that Paho cannot read, and will send again
 */
record Ending(Loss loss, Optional<Duration> up, Optional<Throwable> cause, boolean unreadable) {}
