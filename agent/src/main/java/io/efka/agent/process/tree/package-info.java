/**
 * Process trees: starting one, knowing what belongs to it, signalling it, noticing its end, and taking over what an earlier
 * agent left.
 */
@NullMarked
package io.efka.agent.process.tree;

import org.jspecify.annotations.NullMarked;
