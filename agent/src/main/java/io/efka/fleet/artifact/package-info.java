/**
 * Sends files to a fleet over its broker: one file until all have it, or a folder for as long as it runs. Each has a
 * connection of its own, and runs on the thread that calls it.
 */
@NullMarked
package io.efka.fleet.artifact;

import org.jspecify.annotations.NullMarked;
