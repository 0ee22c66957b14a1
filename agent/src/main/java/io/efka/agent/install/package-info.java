/**
 * Services as files: reads a manifest with all its faults at once; writes, changes and removes a service in its folder,
 * completely or not at all, even after a crash.
 *
 * <p>Callers wait for the disk. Folders are read on threads of their own, for a limited time. Changes to one service come
 * one after the other.
 */
@NullMarked
package io.efka.agent.install;

import org.jspecify.annotations.NullMarked;
