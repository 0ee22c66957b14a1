/** Runs the README from top to bottom, as a newcomer pastes it. */
@NullMarked
package io.efka.it.readme;

import org.jspecify.annotations.NullMarked;
