/**
 * Publishes the output of services from their files. One thread, {@code agent-output}, owns all offsets.
 */
@NullMarked
package io.efka.agent.output.ship;

import org.jspecify.annotations.NullMarked;
