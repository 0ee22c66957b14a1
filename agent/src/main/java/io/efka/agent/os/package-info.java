/** Processes, control groups, signals, health probes and meters of a Linux machine; the adapter behind the core's ports. */
@NullMarked
package io.efka.agent.os;

import org.jspecify.annotations.NullMarked;
