/**
 * Remembers commands by id on disk, so that each takes effect once and its reply can be sent again. Blocks for the disk;
 * called on the pool that commands run on.
 */
@NullMarked
package io.efka.agent.command.ledger;

import org.jspecify.annotations.NullMarked;
