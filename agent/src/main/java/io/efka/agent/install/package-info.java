/**
 * Services as files: reading a manifest with all its faults at once, writing a service into its folder, changing and
 * removing it, whole or not at all wherever it is cut off. It may use values of {@code service}, Gson for reading and the
 * disk.
 *
 * <p>Whoever calls it waits for the disk; folders are read on threads of their own, for a limited time. Changes to one
 * service come one after the other.
 */
@NullMarked
package io.efka.agent.install;

import org.jspecify.annotations.NullMarked;
