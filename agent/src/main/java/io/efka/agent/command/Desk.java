package io.efka.agent.command;

import io.efka.agent.service.Supervision;
import io.efka.agent.service.Timers;
import io.efka.agent.wire.Events;

/**
 * What every command under way needs at hand.
 *
 * @param supervision is asked what is so of a service at acceptance
 */
record Desk(Ledger ledger, Replies replies, Supervision supervision, Events events, Timers timers) {

    Before before(Command command) {
        return command.service().flatMap(supervision::find).map(Before::of).orElse(Before.NOTHING);
    }
}
