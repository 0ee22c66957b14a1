/**
 * The core: what a service is, which states it has, and the supervisor that keeps it as its operator wants it. Decisions
 * are values (a step of state and effects), effects go through this room's ports. It knows no thread, no clock and no
 * library: one mailbox a service, run by whoever hands in the executor.
 */
@NullMarked
package io.efka.agent.supervision;

import org.jspecify.annotations.NullMarked;
