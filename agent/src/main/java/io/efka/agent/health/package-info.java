/**
 * Health probes: by HTTP, by connecting, or by a command. Each answers once, within its time, on threads of its own.
 */
@NullMarked
package io.efka.agent.health;

import org.jspecify.annotations.NullMarked;
