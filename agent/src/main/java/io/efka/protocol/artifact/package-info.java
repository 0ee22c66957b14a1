/**
 * Artifacts over the broker: the topics and messages that publishers and devices share. Values only. {@code
 * agent/docs/protocol.md} describes them.
 */
@NullMarked
package io.efka.protocol.artifact;

import org.jspecify.annotations.NullMarked;
