/** The agent: settings in, one composition root ({@code Agent}) that wires the rooms and decides nothing. */
@NullMarked
package io.efka.agent;

import org.jspecify.annotations.NullMarked;
