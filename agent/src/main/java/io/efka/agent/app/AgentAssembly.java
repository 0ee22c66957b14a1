package io.efka.agent.app;

import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.command.CommandAudit;
import io.efka.agent.command.CommandContext;
import io.efka.agent.command.CommandRouter;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.AgentLog;
import io.efka.agent.command.handler.AgentLogCommands;
import io.efka.agent.command.handler.ApplyCommand;
import io.efka.agent.command.handler.ChannelCommands;
import io.efka.agent.command.handler.CommandTables;
import io.efka.agent.command.handler.DeployCommands;
import io.efka.agent.command.handler.DeviceCommands;
import io.efka.agent.command.handler.EventsCommand;
import io.efka.agent.command.handler.HoldCommands;
import io.efka.agent.command.handler.InstallCommands;
import io.efka.agent.command.handler.Installation;
import io.efka.agent.command.handler.LogsCommand;
import io.efka.agent.command.handler.ManifestCommand;
import io.efka.agent.command.handler.RestartAllCommand;
import io.efka.agent.command.handler.ServiceCommands;
import io.efka.agent.command.handler.ServiceRequests;
import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.desired.DesiredState;
import io.efka.agent.health.Probes;
import io.efka.agent.homeassistant.Discovery;
import io.efka.agent.install.ProgramReads;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.install.ServiceFolders;
import io.efka.agent.output.Output;
import io.efka.agent.process.LinuxMeters;
import io.efka.agent.process.ProcessLauncher;
import io.efka.agent.process.SpareDescriptors;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.tree.LaunchSpec.AgentEnvironment;
import io.efka.agent.process.tree.ProgramCheck;
import io.efka.agent.release.DeployPorts;
import io.efka.agent.release.Deployments;
import io.efka.agent.runtime.SerialExecutor;
import io.efka.agent.runtime.SystemTimers;
import io.efka.agent.runtime.Ulids;
import io.efka.agent.session.BrokerSession;
import io.efka.agent.session.DevicePresence;
import io.efka.agent.session.DeviceStatusCodec;
import io.efka.agent.state.StateStore;
import io.efka.agent.state.StoredConfigs;
import io.efka.agent.state.StoredLedger;
import io.efka.agent.state.StoredOffsets;
import io.efka.agent.state.StoredReleases;
import io.efka.agent.state.StoredRetained;
import io.efka.agent.state.StoredServices;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.supervision.Supervisors;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.DeviceInfo;
import io.efka.agent.telemetry.DiskWatch;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.Measurements;
import io.efka.agent.telemetry.MetricsPublisher;
import io.efka.agent.telemetry.RetainedStatuses;
import io.efka.agent.telemetry.StatusCodec;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.Outbox;
import io.efka.mqtt.paho.PahoLink;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.threads.AgentThread;
import io.efka.threads.SelfCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/** Creates and connects all parts of an agent. What is started first is stopped last. */
final class AgentAssembly {
    /** How much of the stop timeout is left to the parts other than services. */
    private static final Duration RESERVE = Duration.ofSeconds(6);

    private final SpareDescriptors spares = SpareDescriptors.take();
    private final Version version = Version.current();
    private final ThreadPools pools = new ThreadPools();
    private final SystemTimers timers = new SystemTimers(pools.workers());
    private final MqttLink link;
    private final EventParts eventParts;
    private final Output output;
    private final DataPublisher data;
    private final ServiceChannels channels;
    private final Cgroups cgroups;
    private final ProcessLauncher launcher;
    private final Probes probes;
    private final Supervisors services;
    private final DevicePresence presence;
    private final MetricsPublisher metrics;
    private final DiskWatch disk;
    private final CommandRouter router;
    private final BrokerSession session;
    private final Departure departure;
    private final List<MqttLink.Subscription> subscriptions;
    private final ServiceDiscovery discovery;
    private final ServiceFolders folders;
    private final OrphanSweep orphans;
    private final ArtifactParts artifacts;
    private final Deployments deployments;
    private final DesiredState desired;
    private final boolean isStateWhole;

    /**
     * Creates the parts of an agent; nothing runs yet.
     *
     * @param number of this start of the agent on its data folder
     * @param check told of the pools and mailboxes that must not stand still
     * @param log at the configured level
     * @param shutdown ends the whole agent; must not block
     */
    AgentAssembly(Settings settings, StateStore store, long number, SelfCheck check, AgentLog log, Runnable shutdown) {
        pools.watched().forEach(check::watch);
        var random = RandomGenerator.getDefault();
        var topics = new Topics(settings.prefix(), settings.device(), settings.groups());
        Path folder = settings.folders().data();
        var serviceStore = new StoredServices(store, folder);
        isStateWhole = store.damages().isEmpty();
        if (isStateWhole) serviceStore.forgetOrphans(); // before anybody reads what is kept of services
        link = new PahoLink(settings.broker(), timers, random);
        eventParts = new EventParts(topics, folder, link, timers, number);
        Outbox outbox = eventParts.outbox();
        EventPublisher events = eventParts.publisher();
        var statusCodec = new StatusCodec(number, id -> deployments().describe(id));
        var statuses = new RetainedStatuses(topics, link, timers, events, statusCodec);
        output = new Output(settings.folders().logs(), new StoredOffsets(store), link, topics, events, timers);
        data = new DataPublisher(topics, link, timers, events, new StoredRetained(store));
        channels = new ServiceChannels(
                folder, timers, new ChannelPublications(data, events), new StoredConfigs(store), pools.workers());
        var machine = MachineFacts.read(Path.of("/proc"));
        Optional<Discovery> homeAssistant = settings.homeAssistant().map(prefix -> {
            var device = new Discovery.Device(
                    topics, version, machine, !settings.metricsInterval().isZero());
            Predicate<ServiceId> hasReleases =
                    id -> deployments().releases(id).current().isPresent();
            return new Discovery(prefix, device, this::serviceIds, hasReleases, link, timers, random);
        });
        var instance = new AgentInstance(number, UUID.randomUUID().toString(), version, timers.now());
        var mailbox = mailbox("the session's mailbox", check);
        presence = new DevicePresence(mailbox, new DeviceStatusCodec(instance, machine, topics), topics, link, timers);
        var environment = new AgentEnvironment(settings.device().value(), folder.resolve("run"), this::environment);
        cgroups = Cgroups.detect(environment.device(), environment.agent().key());
        launcher = new ProcessLauncher(environment, output.files(), cgroups, timers, pools.launchers());
        probes = new Probes(environment, timers, pools.checks());
        var meters = new LinuxMeters(launcher, folder);
        var measurements = new Measurements(meters, timers, System::nanoTime);
        var listeners = new ArrayList<StatusListener>(List.of(channels, statuses, presence, measurements, data));
        listeners.addAll(List.of(StatusListener.of(this::deployments), StatusListener.of(this::desired)));
        homeAssistant.ifPresent(listeners::add);
        StatusListener listener = StatusListener.all(listeners);
        folders = new ServiceFolders(
                folder.resolve("services"), settings.folders().workDirRoots());
        var manifests = new FolderManifests(folders, pools.folders());
        var ports = new Supervisors.Ports(
                launcher, probes, serviceStore, manifests, timers, listener, channels, new Ulids(timers), random);
        services = new Supervisors(ports, () -> mailbox("a service's mailbox", check), output.files());
        metrics = new MetricsPublisher(measurements, topics, link, timers, pools.workers(), settings.metricsInterval());
        disk = new DiskWatch(meters, events, timers, pools.workers());
        discovery = new ServiceDiscovery(serviceStore, folders, manifests::now);
        orphans = new OrphanSweep(serviceStore, output, settings.folders().isOwnLogs(), channels, launcher);
        var brokerState = new BrokerState(timers, link::describe);
        var sections = InfoSections.of(settings, brokerState, cgroups, store, channels, data, this::dropped);
        var info = new DeviceInfo(instance, machine, topics, System::nanoTime, sections);
        Settings.LedgerBounds kept = settings.ledger();
        var ledger = new Ledger(new StoredLedger(store), kept.entries(), kept.age(), timers);
        var audit = new CommandAudit(LoggerFactory.getLogger(CommandAudit.LOGGER)::info);
        var context = new CommandContext(topics, ledger, outbox::send, services, events, timers, audit);
        var queues = KeyedSerialExecutor.standard(pools.workers(), pools.folders());
        artifacts = ArtifactParts.of(settings, topics, timers, random);
        deployments = new Deployments(
                new DeployPorts(
                        new StoredReleases(store),
                        new ReleaseFolders(folder.resolve("services")),
                        artifacts.forReleases(),
                        new ProgramReads(folder.resolve("services"), ProgramCheck::require),
                        services,
                        queues::turn,
                        events,
                        timers,
                        pools.folders(),
                        settings.maxHold(),
                        (id, release) -> desired().needs(id, release.value()),
                        id -> {
                            statuses.refresh(id);
                            homeAssistant.ifPresent(one -> one.releasesChanged(id));
                            desired().changed(id);
                        }),
                () -> mailbox("a service's deploys", check));
        var requests = new ServiceRequests(services, folders);
        var installation = new Installation(services, requests, folders, deployments, events, pools.folders());
        CommandTable commands = CommandTables.standard(
                new DeviceCommands(
                        services,
                        statusCodec::encode,
                        info::now,
                        measurements::deviceNow,
                        () -> departure().clear(),
                        timers),
                new AgentLogCommands(log, timers),
                new ServiceCommands(requests, statusCodec::encode, launcher::isGrouped),
                new EventsCommand(eventParts.queries(), timers),
                new LogsCommand(requests, output.logs(eventParts.searches()), timers),
                new ManifestCommand(requests),
                new ChannelCommands(requests, channels, timers),
                new InstallCommands(installation, requests, deployments),
                new DeployCommands(deployments, requests),
                new HoldCommands(deployments, requests),
                new ApplyCommand(services, requests, installation, deployments, queues),
                new RestartAllCommand(services, requests, queues),
                shutdown);
        router = new CommandRouter(commands, context, queues, pools.workers());
        desired = DesiredServices.state(
                topics,
                store,
                new DesiredServices.Facts(services, deployments, channels, folders, pools.folders()),
                DesiredServices.Actions.of(commands, context, queues, installation),
                link,
                events,
                timers,
                mailbox("the desired state's mailbox", check));
        var parts = new OnlineParts(topics, statuses, outbox, events, output, data, desired, homeAssistant);
        session = new BrokerSession(
                mailbox,
                presence,
                link,
                timers,
                events,
                brokerState,
                parts.listeners(),
                router::received,
                parts::received);
        departure = new Departure(session, link, timers, parts::retained);
        subscriptions = parts.subscriptions(router.deviceCommands());
    }

    private SerialExecutor mailbox(String name, SelfCheck check) {
        var mailbox = new SerialExecutor(name, pools.workers());
        check.watch(mailbox);
        return mailbox;
    }

    private Map<String, Long> dropped() {
        return eventParts.dropped(router.dropped() + session.dropped());
    }

    Departure departure() {
        return departure;
    }

    List<String> reread() {
        return link.reread();
    }

    private Deployments deployments() {
        return deployments;
    }

    private DesiredState desired() {
        return desired;
    }

    private Map<String, String> environment(Launcher.Launch launch) {
        return ReleaseFolders.environment(launch.workDir(), channels.environment(launch));
    }

    private List<ServiceId> serviceIds() {
        return services.list().stream().map(ServiceStatus::id).toList();
    }

    Version version() {
        return version;
    }

    /** Services first: they are kept whether there is a broker or not. */
    void start() {
        eventParts.start();
        eventParts.publisher().device("started", Map.of("version", version.value()));
        folders.recover();
        AgentThread.step();
        cgroups.warnIfUnusable();
        output.start();
        List<Supervisors.Found> found = discovery.find();
        launcher.killUnrecordedRuns(ServiceDiscovery.runs(found));
        AgentThread.step();
        Set<ServiceId> installed = orphans.installed(found);
        orphans.sweep(installed, isStateWhole);
        data.begin(installed);
        channels.open(services, new ChannelHolds(deployments));
        services.boot(found);
        channels.start();
        deployments.start();
        AgentThread.step();
        router.recover();
        desired.start();
        AgentThread.step();
        link.open(presence::will, subscriptions, session);
        metrics.start();
        disk.start();
        artifacts.start();
    }

    /** Stops services first, then announces the end to the broker, then closes the rest; within {@code limit}. */
    void stop(Duration limit) {
        spares.close();
        desired.end();
        eventParts.publisher().device("stopping", Map.of());
        disk.close();
        metrics.close();
        deployments.close();
        artifacts.close();
        departure.stopServices(
                services, limit.minus(RESERVE).compareTo(RESERVE) > 0 ? limit.minus(RESERVE) : limit.dividedBy(2));
        AgentThread.step();
        channels.close();
        output.close();
        departure.farewell();
        AgentThread.step();
        link.close();
        probes.close();
        launcher.close();
        AgentThread.step();
        eventParts.close();
        timers.close();
        folders.close();
        pools.close();
        AgentThread.step();
        cgroups.close();
    }
}
