/**
 * The core: what a service is, which states it has, and the supervisor that keeps it in the state its operator wants.
 * Decisions are values (a step of state and effects); effects go through this package's ports. It uses no thread, no
 * clock and no library: each service has one mailbox, run by the executor that is passed in.
 */
@NullMarked
package io.efka.agent.supervision;

import org.jspecify.annotations.NullMarked;
