/**
 * The operator's tools: what the commands for a fleet do. They share the contract with the agent ({@code protocol}, {@code
 * mqtt}) and nothing else: no class of an agent is used here.
 */
@NullMarked
package io.efka.fleet;

import org.jspecify.annotations.NullMarked;
