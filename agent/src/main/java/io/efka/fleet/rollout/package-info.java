/**
 * Rollouts: a release goes to a share of a group's devices, step by step, and goes back if it does not work. Everything is in the group's
 * desired document, so that any operator can take over at any time. What happens is decided by values ({@code Rollout}, {@code Standing},
 * {@code Assessment}) without a thread, a clock or a broker; {@code RolloutControl} acts, on the thread of its command.
 * {@code agent/docs/rollouts.md} has the table of the states.
 */
@NullMarked
package io.efka.fleet.rollout;

import org.jspecify.annotations.NullMarked;
