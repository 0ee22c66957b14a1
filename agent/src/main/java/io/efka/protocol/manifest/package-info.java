/**
 * What a {@code manifest.json} may contain: every key with its rule and its default, and a parser that reports all
 * faults at once. {@link io.efka.protocol.manifest.ManifestSchema} is the table of keys. Values only.
 */
@NullMarked
package io.efka.protocol.manifest;

import org.jspecify.annotations.NullMarked;
