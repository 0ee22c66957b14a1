/** The MQTT link over Eclipse Paho. Nobody else sees Paho. */
@NullMarked
package io.efka.agent.paho;

import org.jspecify.annotations.NullMarked;
