/** What people see on their terminal: tables, colours, progress. Knows nothing of a fleet. */
@NullMarked
package io.efka.fleet.terminal;

import org.jspecify.annotations.NullMarked;
