package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.util.random.RandomGenerator;

/** Sends signals to a service that notes each of them. */
final class SignalSender extends CountedSender {
    private final Commander commander;
    private final Witness witness;

    SignalSender(Commander commander, Witness witness, Conditions conditions, Notes notes, RandomGenerator random) {
        super("signal", conditions, notes, random);
        this.commander = commander;
        this.witness = witness;
    }

    @Override
    long effects() {
        return witness.journal().size();
    }

    @Override
    void sendOne(int number) {
        String id = "signal-" + number;
        checkQuiet(id);
        var arguments = new JsonObject();
        arguments.addProperty("signal", "USR1");
        settle(id, commander.ask(id, ChaosService.TWITCHER.id(), "signal", arguments), 1);
    }
}
