package io.efka.agent.command;

import io.efka.agent.service.Supervision;
import io.efka.agent.service.Timers;
import io.efka.agent.wire.Events;
import io.efka.agent.wire.Topics;

/** What commands need of the rooms around. */
public record Environment(
        Topics topics, ReplySender replySender, Supervision supervision, Events events, Timers timers) {

    Desk desk(Ledger ledger) {
        var codec = new ReplyCodec(topics.device().value());
        return new Desk(
                ledger, new Replies(codec, replySender, timers, topics.device("reply")), supervision, events, timers);
    }
}
