package io.efka.agent.release;

import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.Durations;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a deploy would do if it were asked for now. Nothing is done and nothing is reserved: what changes afterwards changes
 * it.
 *
 * @param target the release; of an artifact that was never here, what it is called before its manifest is known
 * @param steps in their order, each as a reply has it, the name of what is done first
 */
public record DeployPlan(ReleaseId target, List<Map<String, Object>> steps) {

    /**
     * How things stand.
     *
     * @param active the deploy that is under way
     * @param holds that stand
     * @param isWanted whether the service is to run, or would be
     */
    record Situation(
            ServiceReleases releases, Optional<Deploy> active, List<Hold> holds, boolean isWanted, Instant now) {}

    /** @param target that {@code request} is for */
    static DeployPlan of(DeployRequest request, ReleaseId target, Situation situation) {
        var plan = new Planning(request, target, situation);
        plan.write();
        return new DeployPlan(target, List.copyOf(plan.steps));
    }

    private static final class Planning {
        private final DeployRequest request;
        private final ReleaseId target;
        private final Situation situation;
        private final List<Map<String, Object>> steps = new ArrayList<>();

        Planning(DeployRequest request, ReleaseId target, Situation situation) {
            this.request = request;
            this.target = target;
            this.situation = situation;
        }

        void write() {
            situation.active().ifPresent(this::makeWay);
            prepare();
            Optional<ReleaseId> current = situation.releases().current();
            if (current.filter(target::equals).isPresent()) return;
            if (!request.ignoresHolds() && !situation.holds().isEmpty())
                step(
                        "wait",
                        "holds",
                        situation.holds().stream().map(Hold::fields).toList());
            boolean isRunning = situation.isWanted() && current.isPresent();
            if (isRunning) step("stop", "release", current.get());
            step("switch", "to", target);
            if (!situation.isWanted()) return;
            step("start", "release", target);
            prove();
            surplus(current).forEach(release -> step("delete", "release", release.id()));
        }

        /** What is under way ends first, or is waited for. */
        private void makeWay(Deploy active) {
            boolean isSuperseded = active.state() instanceof DeployState.Pending || active.state() instanceof Unwatched;
            step(isSuperseded ? "supersede" : "wait", "deploy", active.target());
        }

        private void prepare() {
            if (request.content() instanceof Content.Fetched fetched && !isStored()) {
                Map<String, Object> step =
                        step("fetch", "size", fetched.artifact().size());
                step.put(
                        "url",
                        fetched.artifact().sources().stream().map(URI::toString).toList());
                step("unpack", "release", target);
            } else if (!isStored()) step("store", "release", target);
            else step("verify", "release", target);
        }

        private boolean isStored() {
            return situation.releases().find(target).isPresent();
        }

        private void prove() {
            Map<String, Object> watch =
                    step("watch", "min_healthy", Durations.format(request.rule().minHealthy()));
            watch.put("healthy_deadline", Durations.format(request.rule().deadline()));
            watch.put("on_failure", request.rule().rollsBack() ? "rollback" : "keep");
            request.rule().confirmWithin().ifPresent(limit -> step("confirm", "within", Durations.format(limit)));
        }

        /** What is not kept once the release has proved itself. */
        private List<Release> surplus(Optional<ReleaseId> before) {
            return situation
                    .releases()
                    .stored(target, Optional.empty(), situation.now())
                    .current(target)
                    .previous(before)
                    .surplus(Pruning.KEPT);
        }

        private Map<String, Object> step(String what, String key, Object value) {
            var step = new LinkedHashMap<String, Object>();
            step.put("step", what);
            step.put(key, value);
            steps.add(step);
            return step;
        }
    }
}
