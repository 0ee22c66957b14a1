/** A service's stdout and stderr: files the kernel appends to, one watcher, one shipper that publishes what is new. */
@NullMarked
package io.efka.agent.output;

import org.jspecify.annotations.NullMarked;
