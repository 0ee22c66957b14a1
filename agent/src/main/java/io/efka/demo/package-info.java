/**
 * All of Efka on one machine, to try it out: an embedded broker, an agent, and sample services that are installed through
 * the broker, as an operator would. It may use every other package; only it uses Artemis.
 *
 * <p>Started on the caller's thread; the broker has its own threads, which end with it.
 */
@NullMarked
package io.efka.demo;

import org.jspecify.annotations.NullMarked;
