/**
 * What services wrote, on disk: files with offsets, what is kept and freed of them, and queries. Shared under one lock a
 * stream.
 */
@NullMarked
package io.efka.agent.output.store;

import org.jspecify.annotations.NullMarked;
