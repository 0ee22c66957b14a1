/**
 * The machine as the kernel shows it, and its tools: {@code /proc}, mounts, users, limits.
 */
@NullMarked
package io.efka.agent.process.proc;

import org.jspecify.annotations.NullMarked;
