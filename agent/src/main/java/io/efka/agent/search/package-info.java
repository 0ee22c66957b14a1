/**
 * Searches that somebody outside asked for, in output and in the event journal: a pool of threads, the limits of one search, and
 * regular expressions that cannot take for ever. Whoever owns the files reads them.
 */
@NullMarked
package io.efka.agent.search;

import org.jspecify.annotations.NullMarked;
