package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.CommandSpec.afterCompletion;
import static io.efka.agent.command.CommandTable.CommandSpec.afterDispatch;
import static io.efka.agent.command.CommandTable.CommandSpec.query;
import static io.efka.agent.command.CommandTable.Kind.IDEMPOTENT;
import static io.efka.agent.command.CommandTable.Kind.NON_IDEMPOTENT;
import static io.efka.agent.command.CommandTable.Kind.QUERY;

import io.efka.agent.command.CommandTable;
import io.efka.agent.command.CommandTable.CommandSpec;
import java.util.Map;

/** The commands that the protocol document lists. */
public final class CommandTables {
    private CommandTables() {}

    /** @param shutdown begins a graceful end of the agent; run after the reply, must not block */
    public static CommandTable standard(
            DeviceCommands device,
            AgentLogCommands agentLog,
            ServiceCommands service,
            EventsCommand events,
            LogsCommand logs,
            ManifestCommand manifest,
            ChannelCommands channel,
            InstallCommands install,
            DeployCommands deploy,
            HoldCommands hold,
            ApplyCommand apply,
            RestartAllCommand restart,
            Runnable shutdown) {
        Map<String, CommandSpec> deviceCommands = Map.of(
                "ping", query(device::ping),
                "info", query(device::info),
                "list", query(device::list),
                "metrics", query(device::metrics),
                "logs", query(agentLog::lines, "lines", "level", "match", "max_bytes"),
                // Searched in a pool of its own, as logs are, so that a ping need not wait for the disk.
                "events",
                        afterDispatch(
                                QUERY,
                                events::ofDevice,
                                "since",
                                "until",
                                "lines",
                                "match",
                                "service",
                                "from",
                                "to",
                                "max_bytes"),
                "log-level", afterCompletion(IDEMPOTENT, agentLog::level, "level", "for"),
                "apply",
                        afterCompletion(IDEMPOTENT, apply, "services", "prune", "plan")
                                .readingFolders()
                                .lettingPass(ApplyDecoder::fetches),
                "restart", afterCompletion(NON_IDEMPOTENT, restart).readingFolders(),
                "shutdown",
                        afterCompletion(NON_IDEMPOTENT, device::shutdown, "forget")
                                .andThen(shutdown));
        Map<String, CommandSpec> serviceCommands = Map.ofEntries(
                Map.entry("status", query(service::status)),
                Map.entry("manifest", query(manifest).readingFolders()),
                // Logs are read on a pool of their own, so the next command need not wait for the disk.
                Map.entry(
                        "logs",
                        afterDispatch(
                                QUERY, logs, "stream", "lines", "from", "to", "since", "until", "match", "max_bytes")),
                Map.entry(
                        "events",
                        afterDispatch(
                                QUERY,
                                events::ofService,
                                "since",
                                "until",
                                "lines",
                                "match",
                                "from",
                                "to",
                                "max_bytes")),
                Map.entry("start", afterDispatch(IDEMPOTENT, service::start).readingFolders()),
                Map.entry("stop", afterDispatch(IDEMPOTENT, service::stop)),
                Map.entry(
                        "switch",
                        afterDispatch(IDEMPOTENT, service::toggle, "on").readingFolders()),
                Map.entry("restart", afterDispatch(IDEMPOTENT, service::restart).readingFolders()),
                Map.entry("reset", afterDispatch(IDEMPOTENT, service::reset)),
                Map.entry("enable", afterDispatch(IDEMPOTENT, service::enable)),
                Map.entry("disable", afterDispatch(IDEMPOTENT, service::disable)),
                Map.entry("signal", afterDispatch(NON_IDEMPOTENT, service::signal, "signal")),
                Map.entry("input", afterDispatch(NON_IDEMPOTENT, service::input, "text")),
                Map.entry(
                        CommandTable.CALL_PREFIX + "{name}",
                        afterDispatch(NON_IDEMPOTENT, channel::call, "args", "timeout_ms")),
                Map.entry("config", afterDispatch(IDEMPOTENT, channel::config, "set", "signal")),
                Map.entry(
                        "install",
                        afterCompletion(
                                        IDEMPOTENT,
                                        install::install,
                                        "artifact",
                                        "release",
                                        "manifest",
                                        "files",
                                        "work_dir",
                                        "start",
                                        "min_healthy",
                                        "healthy_deadline",
                                        "on_failure",
                                        "confirm_within")
                                .readingFolders()
                                .lettingPass(
                                        arguments -> arguments.any("artifact").isPresent())),
                // A deploy may take minutes. It waits for its turn by itself, so it holds up no other command
                // meanwhile.
                Map.entry(
                        "deploy",
                        afterDispatch(
                                        IDEMPOTENT,
                                        deploy::deploy,
                                        "artifact",
                                        "manifest",
                                        "files",
                                        "release",
                                        "start",
                                        "min_healthy",
                                        "healthy_deadline",
                                        "on_failure",
                                        "confirm_within",
                                        "if_release",
                                        "force",
                                        "ignore_hold",
                                        "plan")
                                .readingFolders()),
                Map.entry(
                        "rollback",
                        afterDispatch(
                                        IDEMPOTENT,
                                        deploy::rollback,
                                        "to",
                                        "min_healthy",
                                        "healthy_deadline",
                                        "on_failure",
                                        "confirm_within",
                                        "if_release",
                                        "force",
                                        "ignore_hold",
                                        "plan")
                                .readingFolders()),
                Map.entry("releases", query(deploy::releases)),
                Map.entry("confirm", afterDispatch(IDEMPOTENT, deploy::confirm)),
                Map.entry("hold", afterDispatch(IDEMPOTENT, hold::hold, "reason", "until")),
                Map.entry("release-hold", afterDispatch(IDEMPOTENT, hold::release, "by")),
                Map.entry("cancel", afterDispatch(IDEMPOTENT, deploy::cancel, "command")),
                Map.entry("remove", afterCompletion(IDEMPOTENT, install::remove).makingRoom()));
        return new CommandTable(deviceCommands, serviceCommands);
    }
}
