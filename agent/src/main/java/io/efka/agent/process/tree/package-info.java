/**
 * Process trees: start one, find its processes, signal them, detect their end, and adopt the trees of an earlier
 * agent.
 */
@NullMarked
package io.efka.agent.process.tree;

import org.jspecify.annotations.NullMarked;
