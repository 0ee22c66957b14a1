/**
 * What the kernel and the machine's tools say: {@code /proc}, users, limits, executables.
 */
@NullMarked
package io.efka.agent.process.proc;

import org.jspecify.annotations.NullMarked;
