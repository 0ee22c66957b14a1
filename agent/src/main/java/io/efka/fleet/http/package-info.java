/**
 * A small HTTP server for what a command hands out to browsers and scrapers, on the JDK's. It reads no body and knows no
 * session. Requests are answered on a few threads of its own; a client that hangs is cut off after a while.
 */
@NullMarked
package io.efka.fleet.http;

import org.jspecify.annotations.NullMarked;
