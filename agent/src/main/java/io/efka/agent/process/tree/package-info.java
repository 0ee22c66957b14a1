/**
 * Process trees: starting one, finding what belongs to it, signalling it, noticing its end, and taking over those of
 * an earlier agent.
 */
@NullMarked
package io.efka.agent.process.tree;

import org.jspecify.annotations.NullMarked;
