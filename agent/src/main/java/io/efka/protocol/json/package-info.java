/**
 * JSON as the protocol defines it: a strict reader, a writer, and excerpts for messages. Values only.
 */
@NullMarked
package io.efka.protocol.json;

import org.jspecify.annotations.NullMarked;
