/** What an operator types: commands, settings, exit codes. */
@NullMarked
package io.efka.agent.cli;

import org.jspecify.annotations.NullMarked;
