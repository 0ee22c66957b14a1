/**
 * What each command does. {@link io.efka.agent.command.handler.CommandTables} lists the commands. A handler runs in
 * the queue of its service, and may block for the disk.
 */
@NullMarked
package io.efka.agent.command.handler;

import org.jspecify.annotations.NullMarked;
