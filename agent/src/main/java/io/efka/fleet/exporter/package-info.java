/**
 * The fleet as Prometheus metrics: what the devices publish becomes samples, and an HTTP server hands them to scrapers. The
 * documents are read and the samples made on the session's thread; a scrape asks for them there, and writes them as text on a thread
 * of the server's own, so a scraper that hangs holds up nothing else.
 */
@NullMarked
package io.efka.fleet.exporter;

import org.jspecify.annotations.NullMarked;
