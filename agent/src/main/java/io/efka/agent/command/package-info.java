/** The way of a command: topic, payload, ledger, lane, handler, reply. Gson is seen in codecs only. */
@NullMarked
package io.efka.agent.command;

import org.jspecify.annotations.NullMarked;
