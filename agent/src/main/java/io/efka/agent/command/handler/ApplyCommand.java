package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_COMPLETION;
import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;

import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.command.handler.ApplySteps.Action;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.release.Deployments;
import io.efka.agent.supervision.Dependencies;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.ManifestReading;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code apply}: a declared set of services. Applied twice, the second time changes nothing. */
public final class ApplyCommand implements CommandTable.Handler {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final Deployments deployments;
    private final KeyedSerialExecutor queues;

    /** @param queues the router's: every step of an apply waits its turn like a command to that service */
    public ApplyCommand(
            ServiceRegistry supervision,
            ServiceRequests services,
            Installation installation,
            Deployments deployments,
            KeyedSerialExecutor queues) {
        this.deployments = deployments;
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.queues = queues;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        var decoder = new ApplyDecoder(new OnThisDevice());
        boolean isOnlyPlanned = command.arguments().flag("plan", false);
        ApplyPlan plan = decoder.decode(command.arguments());
        var releases = new ReleaseSteps(deployments, services, installation, command);
        if (isOnlyPlanned) {
            var forecast = new ApplyForecast(supervision, installation, releases);
            return forecast.of(plan).thenApply(result -> result.warning(decoder.warnings()));
        }
        var steps = new ApplySteps(supervision, services, installation, releases);
        return new ApplyRun(plan, steps, queues).run().thenApply(result -> result.warning(decoder.warnings()));
    }

    private final class OnThisDevice implements ApplyDecoder.Surroundings {
        @Override
        public boolean isInstalled(ServiceId id) {
            return installation.isInstalled(id);
        }

        @Override
        public ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
            return installation.check(id, request);
        }

        @Override
        public boolean isOwn(ServiceId id) throws CommandException {
            return services.isOwn(id);
        }

        @Override
        public Optional<JsonObject> manifest(ServiceId id) throws CommandException {
            return Optional.of(services.manifestDocument(id, services.installed(id)));
        }

        @Override
        public Dependencies dependencies(Predicate<ServiceId> kept) {
            Dependencies dependencies = Dependencies.of(supervision);
            supervision.list().stream()
                    .map(ServiceStatus::id)
                    .filter(kept.negate())
                    .forEach(dependencies::remove);
            return dependencies;
        }
    }

    /**
     * One apply under way, in three rounds. The first writes the services' files; the second stops what must not run and
     * removes what is surplus; the third starts what must run.
     */
    static final class ApplyRun {
        private final ApplyPlan plan;
        private final ApplySteps steps;
        private final ActionRounds rounds;

        ApplyRun(ApplyPlan plan, ApplySteps steps, KeyedSerialExecutor queues) {
            this.plan = plan;
            this.steps = steps;
            this.rounds = new ActionRounds(queues);
        }

        CompletableFuture<CommandResult> run() {
            return rounds.round(this::writing)
                    .thenCompose(done -> rounds.round(this::ending))
                    .thenCompose(done -> rounds.round(this::starting))
                    .thenApply(done -> answer());
        }

        private Stream<CompletableFuture<Optional<Action>>> writing() {
            return plan.services().stream()
                    .map(wanted -> rounds.inQueue(wanted.id(), true, () -> steps.content(wanted)));
        }

        private Stream<CompletableFuture<Optional<Action>>> ending() {
            Set<ServiceId> kept = plan.ids();
            Stream<CompletableFuture<Optional<Action>>> stops = wanted(Desired.STOPPED)
                    .map(wanted -> rounds.inQueue(wanted.id(), AFTER_DISPATCH, false, () -> steps.stop(wanted.id())));
            if (!plan.prune()) return stops;
            Stream<CompletableFuture<Optional<Action>>> removals = steps.installed().stream()
                    .filter(id -> !kept.contains(id))
                    .map(id -> rounds.inQueue(id, AFTER_COMPLETION, false, () -> steps.remove(id)));
            return Stream.concat(stops, removals);
        }

        private Stream<CompletableFuture<Optional<Action>>> starting() {
            return wanted(Desired.RUNNING)
                    .map(wanted -> rounds.inQueue(wanted.id(), AFTER_DISPATCH, false, () -> steps.start(wanted.id())));
        }

        private Stream<ApplyPlan.Wanted> wanted(Desired desired) {
            return plan.services().stream().filter(wanted -> wanted.desired() == desired);
        }

        private CommandResult answer() {
            Set<ServiceId> changed =
                    rounds.actions().stream().map(Action::service).collect(Collectors.toSet());
            return rounds.answer(plan.services().stream()
                    .map(ApplyPlan.Wanted::id)
                    .filter(id -> !changed.contains(id))
                    .toList());
        }
    }
}
