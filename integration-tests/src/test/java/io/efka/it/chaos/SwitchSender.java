package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Starts, stops and restarts a service that notes every start; after a stop nothing of its tree may live. */
final class SwitchSender extends CountedSender {
    private static final List<String> COMMANDS = List.of("start", "stop", "restart", "restart");

    private final Commander commander;
    private final Witness witness;
    private final ServiceProcesses processes;
    private final Notes notes;

    SwitchSender(
            Commander commander,
            Witness witness,
            ServiceProcesses processes,
            Conditions conditions,
            Notes notes,
            RandomGenerator random) {
        super("switch", conditions, notes, random);
        this.commander = commander;
        this.witness = witness;
        this.processes = processes;
        this.notes = notes;
    }

    @Override
    long effects() {
        return witness.starts().size();
    }

    @Override
    void sendOne(int number) {
        String command = COMMANDS.get(random().nextInt(COMMANDS.size()));
        String id = command + "-" + number;
        checkQuiet(id);
        Optional<JsonObject> reply = commander.ask(id, ChaosService.SWITCH.id(), command, new JsonObject());
        settle(id, reply, command.equals("stop") ? 0 : 1);
        boolean isStopped = command.equals("stop")
                && reply.map(CommandBook::code).filter(String::isEmpty).isPresent();
        if (!isStopped) return;
        for (ServiceProcesses.Seen process : processes.find()) {
            if (process.service().equals(ChaosService.SWITCH.id()))
                notes.passed(Verdict.FALSE_REPLIES, id + " is done, and alive is " + process);
        }
    }
}
