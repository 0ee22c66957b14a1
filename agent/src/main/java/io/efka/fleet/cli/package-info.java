/**
 * The operator's commands as they are typed: options, help, and what is printed. Each has a connection of its own, runs on the
 * thread that calls it and ends with an exit code.
 */
@NullMarked
package io.efka.fleet.cli;

import org.jspecify.annotations.NullMarked;
