/**
 * Probes a broker with messages of its own, and judges what will break at the size of the fleet. Probing tells facts, judging turns them
 * into findings, and neither knows of the other. Runs on the thread of its command; all probes are below one topic, and are cleared again.
 */
@NullMarked
package io.efka.fleet.doctor;

import org.jspecify.annotations.NullMarked;
