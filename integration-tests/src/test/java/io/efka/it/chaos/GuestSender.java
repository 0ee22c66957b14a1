package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Installs small services, gives them a configuration, and removes them again, each under an id of its own: what is left
 * of them at the end is left behind. After a remove nothing of the tree may live.
 */
final class GuestSender extends Sender {
    /** How the id of each of them begins. */
    static final String PREFIX = "guest-";

    private static final int MOST = 3;
    private static final String SCRIPT =
            "#!/bin/sh\n(setsid sleep 100000 &)\nwhile :; do echo here; echo there >&2; sleep 1; done\n";

    private final Commander commander;
    private final ServiceProcesses processes;
    private final Notes notes;
    private final List<String> installed = new ArrayList<>();

    GuestSender(Commander commander, ServiceProcesses processes, Notes notes, RandomGenerator random) {
        super("guests", random);
        this.commander = commander;
        this.processes = processes;
        this.notes = notes;
    }

    static boolean isGuest(String service) {
        return service.startsWith(PREFIX);
    }

    @Override
    void sendOne(int number) {
        boolean isFull = installed.size() == MOST;
        switch (installed.isEmpty() ? 0 : isFull ? 2 : random().nextInt(3)) {
            case 0 -> install(PREFIX + number);
            case 1 -> configure(installed.get(0), number);
            default -> remove(installed.get(0), number);
        }
    }

    private void install(String guest) {
        // Whatever the reply is, it may be there.
        installed.add(guest);
        ask("install-" + guest, guest, "install", arguments(guest));
    }

    private void configure(String guest, int number) {
        var config = new JsonObject();
        config.addProperty("secret", "of " + guest);
        var arguments = new JsonObject();
        arguments.add("set", config);
        ask("config-" + guest + "-" + number, guest, "config", arguments);
    }

    private void remove(String guest, int number) {
        String id = "remove-" + guest + "-" + number;
        Optional<String> code = ask(id, guest, "remove", new JsonObject()).map(CommandBook::code);
        if (code.filter(word -> word.isEmpty() || word.equals("unknown_service"))
                .isEmpty()) return;
        installed.remove(guest);
        for (ServiceProcesses.Seen process : processes.find()) {
            if (process.service().equals(guest))
                notes.passed(Verdict.FALSE_REPLIES, id + " is done, and alive is " + process);
        }
    }

    private Optional<JsonObject> ask(String id, String guest, String command, JsonObject arguments) {
        Optional<JsonObject> reply = commander.ask(id, guest, command, arguments);
        String code = reply.map(CommandBook::code).orElse("no reply");
        if (reply.isEmpty()) notes.passed(Verdict.COMMANDS_LOST, id);
        notes.seen("guests: " + command + " answered " + (code.isEmpty() ? "ok" : code), 1);
        return reply;
    }

    /** Removes whoever is still there. */
    @Override
    void judge() {
        for (String guest : List.copyOf(installed)) remove(guest, 0);
        for (String guest : installed) notes.passed(Verdict.LEFT_BEHIND, guest + " cannot be removed");
    }

    private static JsonObject arguments(String guest) {
        var manifest = new JsonObject();
        manifest.addProperty("service_id", guest);
        manifest.addProperty("exec", "run.sh");
        manifest.addProperty("health_check", "process:");
        manifest.addProperty("on_agent_exit", "keep");
        var script = new JsonObject();
        script.addProperty("text", SCRIPT);
        script.addProperty("mode", "0755");
        var files = new JsonObject();
        files.add("run.sh", script);
        var arguments = new JsonObject();
        arguments.add("manifest", manifest);
        arguments.add("files", files);
        arguments.addProperty("start", true);
        return arguments;
    }
}
