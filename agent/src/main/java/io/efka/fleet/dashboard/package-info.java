/**
 * The page that shows and commands a fleet in a browser: one file, which connects to the broker by itself over WebSocket. Here it
 * is told where the broker is, and handed out; it is built from {@code agent/src/main/web}. Nothing here is connected to the
 * broker or knows a password.
 */
@NullMarked
package io.efka.fleet.dashboard;

import org.jspecify.annotations.NullMarked;
