package io.efka.agent.command;

import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.command.ledger.ServiceSnapshot;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.threads.Timers;

/**
 * What every command under way needs at hand.
 *
 * @param supervision is asked what is so of a service at acceptance
 */
record Desk(Ledger ledger, Replies replies, ServiceRegistry supervision, Events events, Timers timers) {

    ServiceSnapshot before(Command command) {
        return command.service()
                .flatMap(supervision::find)
                .map(ServiceSnapshot::of)
                .orElse(ServiceSnapshot.NOTHING);
    }
}
