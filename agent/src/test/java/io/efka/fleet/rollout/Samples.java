package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fleet.rollout.Assessment.Outsider;
import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.Policy.OnFailure;
import io.efka.fleet.rollout.RolloutPlan.Controller;
import io.efka.fleet.rollout.RolloutPlan.Origin;
import io.efka.fleet.rollout.RolloutPlan.Progress;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics.GroupId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values that read like English in a test. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    static final ServiceId CAMERA = new ServiceId("camera");
    static final Reason ANA = new Reason("ana@ops", "it flickers");
    static final Duration SETTLE = Duration.ofSeconds(60);

    private Samples() {}

    static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    static JsonObject release(String name) {
        return json("{\"camera\":{\"release\":\"" + name + "\"}}");
    }

    /** In four steps, without a limit for unavailable devices. */
    static Policy policy() {
        return policy("2%", "100%", OnFailure.PAUSE);
    }

    static Policy policy(String maxFailures, String maxUnavailable, OnFailure onFailure) {
        return new Policy(
                Policy.parseSteps("1,10,50,100").orElseThrow(),
                SETTLE,
                Limit.parse(maxFailures).orElseThrow(),
                3,
                Limit.parse(maxUnavailable).orElseThrow(),
                Duration.ofSeconds(60),
                onFailure);
    }

    /** From 1.4.2 to 1.5.0, at revision 12, which is its third. */
    static Rollout rollout(RolloutState state, int step, String share, Policy policy) {
        boolean isOver = state instanceof Returning || state instanceof Returned || state instanceof Succeeded;
        var candidate = new GroupDocument.Candidate(
                new BigDecimal(isOver ? "0" : share),
                "salt",
                isOver ? new JsonObject() : release("1.5.0"),
                Optional.empty());
        var document = new GroupDocument(
                12,
                release(state instanceof Succeeded ? "1.5.0" : "1.4.2"),
                json("{\"splay\":\"10m\",\"on_failure\":\"each\"}"),
                Optional.of(candidate));
        var plan = new RolloutPlan(
                "camera",
                policy,
                new Origin("ana@ops", NOW, 10, release("1.4.2")),
                new Progress(step, new BigDecimal(share), Counts.NONE, Collections.emptySortedMap(), 0),
                state,
                new Controller("ana@ops", "0123abcd", 3),
                NOW,
                new JsonObject());
        return new Rollout(GroupId.ALL, document, plan);
    }

    static Rollout running(int step, String share) {
        return rollout(new Running(), step, share, policy());
    }

    /** Of a hundred devices, ten of them in the share. */
    static AssessmentBuilder tenOfAHundred() {
        return new AssessmentBuilder();
    }

    /** Each method changes one thing and returns the same builder. */
    static final class AssessmentBuilder {
        private int done = 10;
        private final SortedMap<String, String> failed = new TreeMap<>();
        private List<String> updating = List.of();
        private List<String> settling = List.of();
        private List<String> goingBack = List.of();
        private final SortedMap<String, String> stuck = new TreeMap<>();
        private List<Outsider> outsiders = List.of(outsider("45", true), outsider("99", true));
        private int broken;
        private int unwell;

        AssessmentBuilder done(int count) {
            done = count;
            return this;
        }

        AssessmentBuilder failed(int count) {
            for (int i = 0; i < count; i++) failed.put("bad" + i, "unhealthy");
            done -= count;
            return this;
        }

        AssessmentBuilder updating(String... devices) {
            updating = List.of(devices);
            settling = updating;
            done -= devices.length;
            return this;
        }

        AssessmentBuilder settling(String... devices) {
            settling = List.of(devices);
            return this;
        }

        AssessmentBuilder goingBack(String... devices) {
            goingBack = List.of(devices);
            return this;
        }

        AssessmentBuilder stuck(String device, String problem) {
            stuck.put(device, problem);
            return this;
        }

        AssessmentBuilder broken(int count) {
            broken = count;
            return this;
        }

        AssessmentBuilder unwell(int count) {
            unwell = count;
            return this;
        }

        AssessmentBuilder outsiders(Outsider... all) {
            outsiders = List.of(all);
            return this;
        }

        Assessment build() {
            var counts = new Counts(100, 10, done, failed.size(), updating.size(), 0);
            return new Assessment(counts, failed, 100, broken, unwell, updating, settling, goingBack, stuck, outsiders);
        }
    }

    static Outsider outsider(String percent, boolean isOnline) {
        return new Outsider(new BigDecimal(percent), isOnline);
    }

    /** A device that is in a share of {@code from} to {@code to} percent. */
    static DeviceId deviceBetween(String from, String to, int number) {
        int found = 0;
        for (int i = 0; ; i++) {
            var device = new DeviceId("d" + i);
            BigDecimal percent = CandidateShare.smallest("salt", device);
            boolean isBetween =
                    percent.compareTo(new BigDecimal(from)) > 0 && percent.compareTo(new BigDecimal(to)) <= 0;
            if (isBetween && found++ == number) return device;
        }
    }

    static DeviceFacts device(DeviceId id, Presence presence, Optional<ReportFacts> report, ServiceFacts camera) {
        return new DeviceFacts(id, presence, report, Map.of(CAMERA, camera));
    }

    static Optional<ReportFacts> report(long revision, boolean isCandidate, String state) {
        Optional<String> code = state.equals("rolled_back") ? Optional.of("unhealthy") : Optional.empty();
        return Optional.of(new ReportFacts(revision, isCandidate, state, code));
    }

    static ServiceFacts well() {
        return camera("running", 0, false);
    }

    static ServiceFacts camera(String state, long restarts, boolean isCrashLoop) {
        return new ServiceFacts(true, state, state.equals("running"), false, isCrashLoop, restarts, Optional.empty());
    }
}
