/**
 * Releases of a service, and how one takes the place of another: prepared beside the one that runs, switched, watched, kept
 * or taken back. {@link io.efka.agent.release.DeployState} and the states beside it decide; they have no thread, no clock
 * and no library. {@code agent/docs/deploys.md} has the table.
 *
 * <p>{@code Holds} says who has deploys wait, and until when; each hold ends.
 *
 * <p>{@code Deployer} acts, on one mailbox a service. Every step is on disk before its effect.
 */
@NullMarked
package io.efka.agent.release;

import org.jspecify.annotations.NullMarked;
