package io.efka.agent.desired;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.command.CommandResult;
import io.efka.agent.desired.ServiceFacts.DeployFacts;
import io.efka.agent.desired.ServiceFacts.ReleaseFacts;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.State;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One service on its way to what an entry says, or back to what it was: some commands, one after the other. Each step looks at
 * what is so first, so that all of it may be done again after a crash. Confined to the mailbox.
 */
final class ServiceChange {
    private static final Problem GIVEN_UP = new Problem("superseded", "something else is to be done with it");

    private final ServiceId service;
    private final String family;
    private final String id;
    private final ServiceActions actions;
    private final ServiceFacts facts;
    private final Executor mailbox;

    private boolean isGivenUp;
    private boolean isCancelled;

    /** Completes when the deploy is over; empty: nobody waits for that. */
    private Optional<CompletableFuture<Optional<Problem>>> awaited = Optional.empty();

    /**
     * @param family what the ids of all commands for the same document begin with
     * @param id of its commands
     */
    ServiceChange(
            ServiceId service, String family, String id, ServiceActions actions, ServiceFacts facts, Executor mailbox) {
        this.service = service;
        this.family = family;
        this.id = id;
        this.actions = actions;
        this.facts = facts;
        this.mailbox = mailbox;
    }

    /** Some commands; completes with why they failed, on any thread. */
    private interface Step {
        CompletableFuture<Optional<Problem>> begin();
    }

    /** Completes with why the service is not what the entry says; empty: it is. */
    CompletableFuture<Optional<Problem>> apply(Entry entry, boolean keepsWhatFails) {
        if (entry.isAbsent()) return remove();
        boolean isToStop = entry.desired() == Desired.STOPPED;
        return inOrder(List.of(
                this::endEarlier,
                // First: what is not to run need not be watched.
                () -> isToStop && isInstalled() ? wish(Desired.STOPPED) : done(),
                () -> content(entry, keepsWhatFails),
                () -> entry.config().map(this::configure).orElseGet(ServiceChange::done),
                () -> wish(entry.desired()),
                this::deployed));
    }

    /** Completes with why the service is not gone; empty: it is. */
    CompletableFuture<Optional<Problem>> remove() {
        return inOrder(List.of(this::endEarlier, () -> isInstalled() ? run("remove", new JsonObject()) : done()));
    }

    /** Completes with why the service is not what it was; empty: it is. */
    CompletableFuture<Optional<Problem>> restore(Before before) {
        if (!before.isInstalled()) return remove();
        boolean wasStopped = before.desired() == Desired.STOPPED;
        return inOrder(List.of(
                this::endEarlier,
                () -> isInstalled() ? done() : failed("unknown_service", "it was removed, and nothing has it any more"),
                () -> wasStopped ? wish(Desired.STOPPED) : done(),
                () -> rollback(before.release()),
                () -> before.manifest().map(this::manifest).orElseGet(ServiceChange::done),
                () -> configure(JsonParser.parseString(before.config()).getAsJsonObject()),
                // Whether it runs is up to it, as it was before.
                () -> isDesired(before.desired()) && !wasStopped ? done() : wish(before.desired())));
    }

    private boolean isDesired(Desired desired) {
        return status().filter(now -> now.desired() == desired).isPresent();
    }

    /** Does no more than the command that is under way; a deploy of it is cancelled. */
    void giveUp() {
        isGivenUp = true;
        changed();
    }

    /** Something about the service has changed. */
    void changed() {
        boolean isOurs = deploy().filter(deploy -> !deploy.isOver()).isPresent();
        if (isGivenUp && isOurs && !isCancelled) {
            isCancelled = true;
            cancel(id);
        }
        look();
    }

    private CompletableFuture<Optional<Problem>> inOrder(List<Step> steps) {
        if (steps.isEmpty()) return done();
        return begin(steps.get(0))
                .thenComposeAsync(
                        problem -> problem.isPresent()
                                ? CompletableFuture.completedFuture(problem)
                                : inOrder(steps.subList(1, steps.size())),
                        mailbox);
    }

    private CompletableFuture<Optional<Problem>> begin(Step step) {
        return isGivenUp ? CompletableFuture.completedFuture(Optional.of(GIVEN_UP)) : step.begin();
    }

    // Steps.

    /** Cancels a deploy for an earlier revision, which an agent that was killed has left. */
    private CompletableFuture<Optional<Problem>> endEarlier() {
        Optional<String> left = facts.releases(service)
                .flatMap(ReleaseFacts::deploy)
                .filter(deploy -> !deploy.isOver() && !deploy.isOf(id))
                .flatMap(DeployFacts::commandId)
                .filter(command -> command.startsWith(family));
        // If it was over meanwhile, so much the better.
        return left.map(command -> cancel(command).thenApply(whatever -> Optional.<Problem>empty()))
                .orElseGet(ServiceChange::done);
    }

    /** No other deploy, if that one is over when its turn comes. */
    private CompletableFuture<Optional<Problem>> cancel(String command) {
        var arguments = new JsonObject();
        arguments.addProperty("command", command);
        return run("cancel", arguments);
    }

    private CompletableFuture<Optional<Problem>> content(Entry entry, boolean keepsWhatFails) {
        return switch (entry.content()) {
            case RELEASE -> deploy(entry, keepsWhatFails);
            case FOLDER -> applied(entry.arguments(), entry.desired());
            case UNCHANGED, ABSENT ->
                isInstalled()
                        ? done()
                        : failed(
                                "unknown_service", "there is no such service, and the document brings no files for it");
        };
    }

    /** A deploy that was begun before a crash is found by its id, and goes on by itself. */
    private CompletableFuture<Optional<Problem>> deploy(Entry entry, boolean keepsWhatFails) {
        if (deploy().isPresent()) return deployed();
        JsonObject arguments = entry.arguments().deepCopy();
        if (keepsWhatFails && !arguments.has("on_failure")) arguments.addProperty("on_failure", "keep");
        // A new service gets its configuration before its first start.
        boolean isConfiguredFirst = entry.config().isPresent() && !isInstalled();
        arguments.addProperty("start", entry.desired() == Desired.RUNNING && !isConfiguredFirst);
        return run("deploy", arguments);
    }

    /** Waits until the deploy is over, or until nobody wants the service to run, so that nobody watches it. */
    private CompletableFuture<Optional<Problem>> deployed() {
        var over = new CompletableFuture<Optional<Problem>>();
        awaited = Optional.of(over);
        look();
        return over;
    }

    private void look() {
        if (awaited.isEmpty()) return;
        if (isGivenUp) {
            end(Optional.of(GIVEN_UP));
            return;
        }
        Optional<DeployFacts> ours = deploy();
        if (ours.isPresent() && !ours.get().isOver() && isWatched(ours.get())) return;
        end(ours.flatMap(DeployFacts::code)
                .map(code ->
                        new Problem(code, ours.flatMap(DeployFacts::message).orElse(code))));
    }

    private void end(Optional<Problem> problem) {
        CompletableFuture<Optional<Problem>> over = awaited.orElseThrow();
        awaited = Optional.empty();
        over.complete(problem);
    }

    private boolean isWatched(DeployFacts deploy) {
        boolean isWanted =
                status().filter(status -> status.desired() == Desired.RUNNING).isPresent();
        return isWanted || !deploy.state().equals("watching");
    }

    private CompletableFuture<Optional<Problem>> rollback(Optional<String> release) {
        Optional<ReleaseFacts> releases = facts.releases(service);
        Optional<String> current = releases.flatMap(ReleaseFacts::current);
        if (current.equals(release)) return done();
        Optional<String> to = release.or(() -> releases.flatMap(ReleaseFacts::original));
        if (to.isEmpty()) return failed("no_release", "what it was before is not on the device any more");
        var arguments = new JsonObject();
        arguments.addProperty("to", to.get());
        // It is what was there: nothing is better than that, whether it is well or not.
        arguments.addProperty("on_failure", "keep");
        arguments.addProperty("force", true);
        return run("rollback", arguments);
    }

    private CompletableFuture<Optional<Problem>> manifest(String text) {
        var arguments = new JsonObject();
        arguments.add("manifest", JsonParser.parseString(text));
        return applied(arguments, status().map(ServiceStatus::desired).orElse(Desired.STOPPED));
    }

    private CompletableFuture<Optional<Problem>> applied(JsonObject entry, Desired desired) {
        JsonObject wanted = entry.deepCopy();
        wanted.addProperty("desired", desired.name().toLowerCase(Locale.ROOT));
        var services = new JsonObject();
        services.add(service.value(), wanted);
        var arguments = new JsonObject();
        arguments.add("services", services);
        return actions.run(Optional.empty(), "apply", arguments, id, true).thenApply(ServiceChange::problem);
    }

    private CompletableFuture<Optional<Problem>> configure(JsonObject config) {
        if (CanonicalJson.digest(JsonParser.parseString(facts.config(service))).equals(CanonicalJson.digest(config))) {
            return done();
        }
        var arguments = new JsonObject();
        arguments.add("set", config);
        return run("config", arguments);
    }

    private CompletableFuture<Optional<Problem>> wish(Desired desired) {
        Optional<ServiceStatus> now = status();
        if (now.filter(status -> isSo(status, desired)).isPresent()) return done();
        var arguments = new JsonObject();
        arguments.addProperty("on", desired == Desired.RUNNING);
        // How long a oneshot takes is up to it.
        boolean waits = desired == Desired.STOPPED || !facts.isOneshot(service);
        return actions.run(Optional.of(service), "switch", arguments, id, waits).thenApply(ServiceChange::problem);
    }

    private static boolean isSo(ServiceStatus now, Desired desired) {
        if (desired == Desired.STOPPED) {
            return now.desired() == Desired.STOPPED && now.run().isEmpty();
        }
        boolean isThrough = now.state() == State.COMPLETED || now.state() == State.SCHEDULED;
        return isThrough || (now.desired() == Desired.RUNNING && now.state() != State.FAILED);
    }

    private CompletableFuture<Optional<Problem>> run(String command, JsonObject arguments) {
        return actions.run(Optional.of(service), command, arguments, id, true).thenApply(ServiceChange::problem);
    }

    private static Optional<Problem> problem(CommandResult result) {
        if (!(result instanceof CommandResult.Failed failed)) return Optional.empty();
        return Optional.of(new Problem(failed.code().word(), failed.message()));
    }

    private Optional<DeployFacts> deploy() {
        return facts.releases(service).flatMap(ReleaseFacts::deploy).filter(deploy -> deploy.isOf(id));
    }

    private Optional<ServiceStatus> status() {
        return facts.status(service);
    }

    private boolean isInstalled() {
        return status().isPresent();
    }

    private static CompletableFuture<Optional<Problem>> done() {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    private static CompletableFuture<Optional<Problem>> failed(String code, String message) {
        return CompletableFuture.completedFuture(Optional.of(new Problem(code, message)));
    }
}
