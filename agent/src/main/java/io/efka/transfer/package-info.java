/**
 * Sends artifacts over the broker: what a publisher and a device that helps out have in common. {@link
 * io.efka.transfer.ServingPlan} decides what is sent, without I/O.
 */
@NullMarked
package io.efka.transfer;

import org.jspecify.annotations.NullMarked;
