package io.efka.agent.command.handler;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.release.DeployPlan;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an apply would do to each service if it were done now; does nothing and reserves nothing. A service of which it would be
 * refused is named with the refusal, and the others are planned all the same, as the apply would go on with them. Thread-safe.
 */
final class ApplyForecast {
    private final ServiceRegistry supervision;
    private final Installation installation;
    private final ReleaseSteps releases;

    ApplyForecast(ServiceRegistry supervision, Installation installation, ReleaseSteps releases) {
        this.supervision = supervision;
        this.installation = installation;
        this.releases = releases;
    }

    /**
     * One service.
     *
     * @param change {@code create}, {@code update}, {@code remove}, {@code start}, {@code stop} or {@code unchanged}
     * @param target the release that would be current
     * @param steps in their order; none if it would be refused
     */
    private record Line(
            ServiceId service,
            String change,
            Optional<String> target,
            List<ReplyFields> steps,
            Optional<CommandException> refusal) {

        static Line refused(ServiceId service, String change, CommandException why) {
            return new Line(service, change, Optional.empty(), List.of(), Optional.of(why));
        }

        ReplyFields fields() {
            ReplyFields line = ReplyFields.NONE
                    .and("service", service.value())
                    .and("change", change)
                    .and("ok", refusal.isEmpty());
            if (refusal.isPresent() && CommandResult.refused(refusal.get()) instanceof CommandResult.Failed failed)
                line = line.and("error", failed.error());
            if (target.isPresent()) line = line.and("target", target.get());
            return line.and("steps", steps);
        }
    }

    /** May wait for the disk. */
    CompletableFuture<CommandResult> of(ApplyPlan plan) {
        Stream<CompletableFuture<Line>> wanted = plan.services().stream().map(this::of);
        Stream<CompletableFuture<Line>> surplus = supervision.list().stream()
                .filter(one -> plan.prune() && !plan.ids().contains(one.id()))
                .map(one -> CompletableFuture.completedFuture(removal(one)));
        List<CompletableFuture<Line>> lines = Stream.concat(wanted, surplus).toList();
        return CompletableFuture.allOf(lines.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        answer(lines.stream().map(CompletableFuture::join).toList()));
    }

    private static CommandResult answer(List<Line> lines) {
        ReplyFields fields = ReplyFields.NONE.and(
                "plan",
                lines.stream()
                        .sorted(Comparator.comparing(Line::service))
                        .map(Line::fields)
                        .toList());
        List<Line> refused =
                lines.stream().filter(line -> line.refusal().isPresent()).toList();
        if (refused.isEmpty()) return new CommandResult.Done(fields);
        CommandException first = refused.get(0).refusal().orElseThrow();
        String message = refused.size() + " of " + lines.size() + (lines.size() == 1 ? " service" : " services")
                + " would be refused, see plan; the first: " + refused.get(0).service() + ": " + first.reason();
        return new CommandResult.Failed(first.code(), message, fields);
    }

    private Line removal(ServiceStatus now) {
        try {
            installation.requireChangeable(now.id());
        } catch (CommandException refusal) {
            return Line.refused(now.id(), "remove", refusal);
        }
        var steps = new ArrayList<ReplyFields>();
        if (!ApplySteps.isAtRest(now)) steps.add(step("stop"));
        steps.add(step("remove"));
        return new Line(now.id(), "remove", Optional.empty(), steps, Optional.empty());
    }

    private CompletableFuture<Line> of(ApplyPlan.Wanted wanted) {
        Optional<ServiceStatus> now = supervision.find(wanted.id());
        String change = now.isPresent() ? "update" : "create";
        try {
            if (wanted.content().isEmpty()) return CompletableFuture.completedFuture(wish(wanted, now));
            if (releases.isFor(wanted)) return release(wanted, now, change);
            // What is not a release came with the command.
            var content = (Content.Inline) wanted.content().get();
            return CompletableFuture.completedFuture(folder(wanted, content.request(), now, change));
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(Line.refused(wanted.id(), change, refusal));
        }
    }

    /** Its files stay. */
    private static Line wish(ApplyPlan.Wanted wanted, Optional<ServiceStatus> now) {
        Optional<String> step = now.flatMap(status -> wanted.desired() == Desired.STOPPED
                ? Optional.of("stop").filter(unused -> !ApplySteps.isAtRest(status))
                : Optional.of("start").filter(unused -> !ApplySteps.isWell(status, false)));
        return new Line(
                wanted.id(),
                step.orElse("unchanged"),
                Optional.empty(),
                step.map(ApplyForecast::step).stream().toList(),
                Optional.empty());
    }

    private Line folder(ApplyPlan.Wanted wanted, InstallRequest request, Optional<ServiceStatus> now, String change)
            throws CommandException {
        if (now.isEmpty()) return first(wanted, installation.foresee(wanted.id(), request));
        if (!installation.differs(wanted.id(), request)) return wish(wanted, now);
        installation.requireChangeable(wanted.id());
        var steps = new ArrayList<ReplyFields>();
        if (!ApplySteps.isAtRest(now.get())) steps.add(step("stop"));
        steps.add(step(request.workDir().isPresent() ? "register" : "write"));
        if (wanted.desired() == Desired.RUNNING) steps.add(step("start"));
        return new Line(wanted.id(), change, Optional.empty(), steps, Optional.empty());
    }

    /** @param release empty: what is there is registered */
    private static Line first(ApplyPlan.Wanted wanted, Optional<String> release) {
        var steps = new ArrayList<ReplyFields>();
        release.ifPresent(name -> {
            steps.add(step("store").and("release", name));
            steps.add(step("switch").and("to", name));
        });
        if (release.isEmpty()) steps.add(step("register"));
        if (wanted.desired() == Desired.RUNNING)
            steps.add(release.map(name -> step("start").and("release", name)).orElseGet(() -> step("start")));
        return new Line(wanted.id(), "create", release, steps, Optional.empty());
    }

    private CompletableFuture<Line> release(ApplyPlan.Wanted wanted, Optional<ServiceStatus> now, String change)
            throws CommandException {
        if (releases.isCurrent(wanted)) return CompletableFuture.completedFuture(wish(wanted, now));
        return releases.plan(wanted).handle((plan, why) -> deploy(wanted, now, change, plan, why));
    }

    private static Line deploy(
            ApplyPlan.Wanted wanted,
            Optional<ServiceStatus> now,
            String change,
            @Nullable DeployPlan plan,
            @Nullable Throwable why) {
        if (why instanceof CommandException refusal) return Line.refused(wanted.id(), change, refusal);
        if (plan == null) throw new IllegalStateException("a deploy could not be planned", why);
        var steps = new ArrayList<ReplyFields>();
        plan.steps().forEach(step -> steps.add(ReplyFields.of(JsonWriter.object(step))));
        boolean isStarted = plan.steps().stream().anyMatch(step -> "start".equals(step.get("step")));
        boolean runs =
                isStarted || now.filter(status -> !ApplySteps.isAtRest(status)).isPresent();
        if (wanted.desired() == Desired.STOPPED && runs) steps.add(step("stop"));
        if (wanted.desired() == Desired.RUNNING && !runs) steps.add(step("start"));
        return new Line(wanted.id(), change, Optional.of(plan.target().value()), steps, Optional.empty());
    }

    private static ReplyFields step(String what) {
        return ReplyFields.NONE.and("step", what);
    }
}
