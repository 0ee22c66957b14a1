package io.efka.fleet.rollout;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.terminal.NameList;
import io.efka.protocol.Topics.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** How a rollout stands, in words for an operator. */
final class RolloutText {
    private static final int MAX_NAMED = 10;

    private RolloutText() {}

    /** The first few names, and how many more there are. */
    static String named(List<String> names) {
        return NameList.of(names, MAX_NAMED);
    }

    private static String named(SortedMap<String, String> devices, int all) {
        String some = devices.entrySet().stream()
                .limit(MAX_NAMED)
                .map(one -> one.getKey() + " (" + one.getValue() + ")")
                .collect(Collectors.joining(", "));
        int more = all - Math.min(MAX_NAMED, devices.size());
        return more > 0 ? some + " and " + more + " more" : some;
    }

    /** That a part of the group is not seen, which is not to say that it is not there. */
    static String incomplete(GroupId group, int devices) {
        return "not all of group " + group + " may be known: " + devices
                + (devices == 1 ? " device has come, and the broker sent" : " devices have come, and the broker sent")
                + " the rest late or not at all; see efka doctor";
    }

    /** One line for each time that something was published. */
    static String published(Rollout rollout) {
        RolloutState state = rollout.plan().state();
        String name = rollout.plan().name();
        return state instanceof Running ? name + ": " + rollout.stepInWords() : name + " " + state.sentence();
    }

    /** One line for each time that the counts have changed. */
    static String assessed(Rollout rollout, Assessment seen) {
        if (rollout.plan().state() instanceof Returning) {
            return rollout.plan().name() + ": " + seen.goingBack().size() + " of "
                    + seen.counts().share() + " are not back yet";
        }
        Counts counts = seen.counts();
        String waiting = "";
        if (!seen.updating().isEmpty()) waiting = "; waiting for " + named(seen.updating());
        else if (seen.unwell() > 0) {
            waiting = "; " + seen.unwell() + (seen.unwell() == 1 ? " does" : " do")
                    + " not work, as others without the candidate: waiting";
        } else if (!seen.settling().isEmpty()) {
            int watched = seen.settling().size();
            waiting = "; " + watched + (watched == 1 ? " is" : " are") + " watched for "
                    + rollout.plan().policy().settle().toSeconds() + " s";
        }
        return rollout.plan().name() + ": " + counts.done() + " done, " + counts.failed() + " failed, "
                + counts.updating() + " updating, " + counts.offline() + " offline" + waiting;
    }

    /** Everything about it. */
    static List<String> status(Rollout rollout, Counts counts) {
        RolloutPlan plan = rollout.plan();
        var lines = new ArrayList<String>();
        lines.add(plan.name() + " of group " + rollout.group() + " "
                + plan.state().sentence());
        for (Map.Entry<String, JsonElement> one : rollout.candidate().services().entrySet()) {
            lines.add("  candidate:  " + one.getKey() + " " + release(one.getValue()) + ", before "
                    + release(plan.origin().previous().get(one.getKey())));
        }
        lines.add("  step:       " + (plan.progress().step() + 1) + " of "
                + plan.policy().stepsInWords() + "; the share is " + rollout.shareInWords());
        lines.add("  devices:    " + counts);
        if (!plan.progress().failed().isEmpty()) {
            lines.add("  failed:     "
                    + named(plan.progress().failed(), plan.progress().counts().failed()));
        }
        if (plan.state() instanceof Returned returned && !returned.stuck().isEmpty()) {
            lines.add(
                    "  not back:   " + named(returned.stuck(), returned.stuck().size()));
        }
        lines.add("  limits:     " + plan.policy().maxFailures() + " failures from "
                + plan.policy().minSample() + " answers on, " + plan.policy().maxUnavailable() + " unavailable; then "
                + plan.policy().onFailure().name().toLowerCase(Locale.ROOT));
        lines.add("  started:    by " + plan.origin().by() + " at "
                + plan.origin().at());
        lines.add("  steered:    by " + plan.controller().by() + " (epoch "
                + plan.controller().epoch() + "), written at " + plan.updatedAt());
        lines.add("  revision:   " + rollout.revision());
        return lines;
    }

    private static String release(JsonElement entry) {
        if (entry instanceof JsonObject object) {
            if (object.has("absent")) return "not there";
            if (object.get("release") instanceof JsonPrimitive release) return release.getAsString();
        }
        return "as its entry says";
    }
}
