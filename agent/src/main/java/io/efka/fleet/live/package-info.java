/**
 * Tables that change while somebody looks at them. What is on the screen is a value: lines of a given size, which {@link
 * io.efka.fleet.live.LiveView} makes of rows and keys without a terminal. {@link io.efka.fleet.live.Screen} alone knows the
 * terminal, by JLine, and reads its keys on a thread of its own. Knows nothing of a fleet.
 */
@NullMarked
package io.efka.fleet.live;

import org.jspecify.annotations.NullMarked;
