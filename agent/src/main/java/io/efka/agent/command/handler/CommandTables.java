package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Kind.HARMFUL;
import static io.efka.agent.command.CommandTable.Kind.QUERY;
import static io.efka.agent.command.CommandTable.Kind.REPEATABLE;
import static io.efka.agent.command.CommandTable.Row.done;
import static io.efka.agent.command.CommandTable.Row.query;
import static io.efka.agent.command.CommandTable.Row.told;

import io.efka.agent.command.CommandTable;
import io.efka.agent.command.CommandTable.Row;
import io.efka.agent.command.Environment;
import java.util.Map;
import java.util.concurrent.Executor;

/** The commands as the protocol document lists them. */
public final class CommandTables {
    private final Environment environment;
    private final Toolbox toolbox;
    private final ServiceRequests services;
    private final Installation installation;

    private CommandTables(Environment environment, Toolbox toolbox, Executor pool) {
        this.environment = environment;
        this.toolbox = toolbox;
        this.services = new ServiceRequests(environment.supervision(), toolbox.installer());
        this.installation =
                new Installation(environment.supervision(), services, toolbox.installer(), environment.events(), pool);
    }

    /** @param pool for what goes on after a service has stopped; what is done there reads and writes folders */
    public static CommandTable standard(Environment environment, Toolbox toolbox, Executor pool) {
        var tables = new CommandTables(environment, toolbox, pool);
        return new CommandTable(tables.device(), tables.service());
    }

    private Map<String, Row> device() {
        var device = new DeviceCommands(environment.supervision(), toolbox.documents(), environment.timers());
        var apply = new ApplyCommand(environment.supervision(), services, installation, toolbox);
        return Map.of(
                "ping", query(device::ping),
                "info", query(device::info),
                "list", query(device::list),
                "metrics", query(device::metrics),
                "apply", done(REPEATABLE, apply, "services", "prune").readingFolders(),
                "shutdown", done(HARMFUL, device::shutdown).andThen(toolbox.shutdown()));
    }

    private Map<String, Row> service() {
        var service = new ServiceCommands(services, toolbox.documents(), toolbox.isGrouped());
        var install = new InstallCommands(installation, services);
        return Map.ofEntries(
                Map.entry("status", query(service::status)),
                Map.entry(
                        "logs",
                        // Read in a pool of its own: what comes behind it in the lane does not wait for the disk.
                        told(
                                QUERY,
                                new LogsCommand(services, toolbox.logs()),
                                "stream",
                                "lines",
                                "from",
                                "to",
                                "since",
                                "until",
                                "match",
                                "max_bytes")),
                Map.entry("start", told(REPEATABLE, service::start).readingFolders()),
                Map.entry("stop", told(REPEATABLE, service::stop)),
                Map.entry("switch", told(REPEATABLE, service::toggle, "on").readingFolders()),
                Map.entry("restart", told(REPEATABLE, service::restart).readingFolders()),
                Map.entry("reset", told(REPEATABLE, service::reset)),
                Map.entry("enable", told(REPEATABLE, service::enable)),
                Map.entry("disable", told(REPEATABLE, service::disable)),
                Map.entry("signal", told(HARMFUL, service::signal, "signal")),
                Map.entry("input", told(HARMFUL, service::input, "text")),
                Map.entry(
                        CommandTable.CALL_PREFIX + "{name}",
                        told(
                                HARMFUL,
                                new CallCommand(services, toolbox.talk(), environment.timers()),
                                "args",
                                "timeout_ms")),
                Map.entry("config", told(REPEATABLE, new ConfigCommand(services, toolbox.talk()), "set", "signal")),
                Map.entry(
                        "install",
                        done(REPEATABLE, install::install, "manifest", "files", "work_dir", "start")
                                .readingFolders()),
                Map.entry("remove", done(REPEATABLE, install::remove)));
    }
}
