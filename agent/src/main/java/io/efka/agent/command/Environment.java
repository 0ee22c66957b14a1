package io.efka.agent.command;

import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;

/** What commands need of the rooms around. */
public record Environment(
        Topics topics, ReplySender replySender, ServiceRegistry supervision, Events events, Timers timers) {

    Desk desk(Ledger ledger) {
        var codec = new ReplyCodec(topics.device().value());
        return new Desk(
                ledger, new Replies(codec, replySender, timers, topics.device("reply")), supervision, events, timers);
    }
}
