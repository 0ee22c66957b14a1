/**
 * Health probes: by HTTP, by connecting, or by a command. Each probe answers once, within its time limit, on its own
 * threads.
 */
@NullMarked
package io.efka.agent.health;

import org.jspecify.annotations.NullMarked;
