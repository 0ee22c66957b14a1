/**
 * Desired documents as an operator sees them: where they are, whether devices would take them, what differs, and what became of
 * them. Runs on the thread of its command.
 */
@NullMarked
package io.efka.fleet.desired;

import org.jspecify.annotations.NullMarked;
