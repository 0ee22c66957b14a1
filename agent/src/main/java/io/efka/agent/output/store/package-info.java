/**
 * What services wrote, on disk: files with offsets, what is kept and freed of them, and queries. Each stream has one lock.
 */
@NullMarked
package io.efka.agent.output.store;

import org.jspecify.annotations.NullMarked;
