/**
 * The whole of Efka on one machine, to be tried out: an embedded broker, an agent, and sample services that it is told to
 * keep over that broker, as an operator would. It may use every other package; only it uses Artemis.
 *
 * <p>Started on the caller's thread; the broker has threads of its own, which end with it.
 */
@NullMarked
package io.efka.demo;

import org.jspecify.annotations.NullMarked;
