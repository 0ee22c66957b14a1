/** What the agent says of itself and of its services: birth, status, events, metrics. */
@NullMarked
package io.efka.agent.telemetry;

import org.jspecify.annotations.NullMarked;
