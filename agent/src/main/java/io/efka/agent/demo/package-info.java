/** The whole of Efka on one machine: embedded broker, agent and sample services. */
@NullMarked
package io.efka.agent.demo;

import org.jspecify.annotations.NullMarked;
