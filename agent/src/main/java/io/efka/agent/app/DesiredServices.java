package io.efka.agent.app;

import com.google.gson.JsonObject;
import io.efka.agent.channel.ServiceCalls;
import io.efka.agent.command.CommandContext;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.LocalCommands;
import io.efka.agent.command.handler.EntryCheck;
import io.efka.agent.command.handler.Installation;
import io.efka.agent.desired.DesiredPorts;
import io.efka.agent.desired.DesiredState;
import io.efka.agent.desired.Reports;
import io.efka.agent.desired.ServiceActions;
import io.efka.agent.desired.ServiceFacts;
import io.efka.agent.install.Installer;
import io.efka.agent.release.Deploy;
import io.efka.agent.release.DeployResult;
import io.efka.agent.release.DeployState;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.Release;
import io.efka.agent.release.ReleaseId;
import io.efka.agent.release.ServiceReleases;
import io.efka.agent.state.StateStore;
import io.efka.agent.state.StoredDocuments;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The services as documents see and change them. Thread-safe. */
final class DesiredServices {
    private DesiredServices() {}

    /** @param mailbox runs one task at a time, in order */
    static DesiredState state(
            Topics topics,
            StateStore store,
            Facts facts,
            Actions actions,
            MqttLink link,
            Events events,
            Timers timers,
            Executor mailbox) {
        var reports = new Reports(topics, link, timers);
        var ports = new DesiredPorts(new StoredDocuments(store), actions, facts, reports, events, timers);
        Set<String> deployKeys = actions.commands().arguments("deploy");
        return new DesiredState(topics, ZoneId.systemDefault(), ports, deployKeys, mailbox, facts.disk());
    }

    /** @param disk threads that may wait for the disk */
    record Facts(
            ServiceRegistry services,
            Deployments deployments,
            ServiceCalls channels,
            Installer installer,
            Executor disk)
            implements ServiceFacts {
        @Override
        public Optional<ServiceStatus> status(ServiceId service) {
            return services.find(service);
        }

        @Override
        public boolean isOneshot(ServiceId service) {
            return services.manifest(service).flatMap(Manifest::oneshot).isPresent();
        }

        @Override
        public Optional<ReleaseFacts> releases(ServiceId service) {
            ServiceReleases releases = deployments.releases(service);
            if (releases.current().isEmpty() && releases.deploy().isEmpty()) return Optional.empty();
            Optional<ReleaseId> original = releases.releases().stream()
                    .filter(Release::isOriginal)
                    .map(Release::id)
                    .findFirst();
            return Optional.of(new ReleaseFacts(
                    releases.current()
                            .filter(id -> !original.equals(Optional.of(id)))
                            .map(ReleaseId::value),
                    original.map(ReleaseId::value),
                    releases.deploy().map(Facts::deploy)));
        }

        private static DeployFacts deploy(Deploy deploy) {
            Optional<DeployResult.Problem> problem = deploy.state() instanceof DeployState.Ended ended
                    ? ended.result().problem()
                    : Optional.empty();
            return new DeployFacts(
                    deploy.commandId(),
                    deploy.state().visible(),
                    deploy.isOver(),
                    problem.map(why -> why.code().word()),
                    problem.map(DeployResult.Problem::message));
        }

        @Override
        public String config(ServiceId service) {
            return channels.configuration(service).json();
        }

        @Override
        public CompletableFuture<String> manifest(ServiceId service) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            Path workDir = services.workDir(service)
                                    .orElseThrow(() -> new IllegalStateException("service " + service + " is gone"));
                            return installer.list(workDir).manifest();
                        } catch (CommandException e) {
                            throw new CompletionException(e);
                        }
                    },
                    disk);
        }
    }

    /** Documents act by the commands that an operator would send. */
    record Actions(LocalCommands commands, EntryCheck entries) implements ServiceActions {
        static Actions of(
                CommandTable table, CommandContext context, KeyedSerialExecutor queues, Installation installation) {
            return new Actions(new LocalCommands(table, context, queues), new EntryCheck(installation));
        }

        @Override
        public CompletableFuture<CommandResult> run(
                Optional<ServiceId> service, String command, JsonObject arguments, String id, boolean waits) {
            return commands.run(service, command, arguments, id, waits);
        }

        @Override
        public void check(ServiceId service, JsonObject arguments) throws CommandException {
            entries.check(service, arguments);
        }
    }
}
