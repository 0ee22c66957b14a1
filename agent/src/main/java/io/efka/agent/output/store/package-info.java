/**
 * The output of services on disk: files with offsets, retention, and queries. Each stream has one lock.
 */
@NullMarked
package io.efka.agent.output.store;

import org.jspecify.annotations.NullMarked;
