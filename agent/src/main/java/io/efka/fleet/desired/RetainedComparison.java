package io.efka.fleet.desired;

import com.google.gson.JsonObject;
import io.efka.fleet.desired.WantedServices.Wanted;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares what a device should be with what is retained of it. That is less than the device itself knows. */
public final class RetainedComparison {
    private static final int DIGITS = 8;

    private RetainedComparison() {}

    /** In the order of the services. */
    public static List<ServiceChange> of(DeviceView device, Map<String, Wanted> wanted) {
        var changes = new ArrayList<ServiceChange>();
        wanted.forEach((service, one) -> {
            if (one.source().isDone()) return;
            Optional<Document> status =
                    Optional.ofNullable(device.services().get(service)).map(ServiceView::status);
            compare(service, one, status, changes);
        });
        return changes;
    }

    private static void compare(String service, Wanted wanted, Optional<Document> status, List<ServiceChange> changes) {
        String document = wanted.source().name();
        if (wanted.isAbsent()) {
            if (status.isPresent()) changes.add(new ServiceChange('-', service, "removed", document));
            return;
        }
        if (status.isEmpty()) {
            changes.add(new ServiceChange('+', service, created(wanted.entry()), document));
            return;
        }
        var parts = new ArrayList<String>();
        boolean isTold = release(wanted.entry(), status.get(), parts);
        desired(wanted.entry(), status.get(), parts);
        if (!parts.isEmpty()) changes.add(new ServiceChange('~', service, String.join(", ", parts), document));
        else if (!isTold) {
            changes.add(new ServiceChange(
                    '?', service, "cannot be told from what is retained: its content or its config", document));
        }
    }

    private static String created(JsonObject entry) {
        return new Document(entry)
                        .text("release")
                        .map(name -> "release " + name)
                        .orElse("new")
                + (new Document(entry).text("desired").equals(Optional.of("stopped")) ? ", stopped" : "");
    }

    /** @return whether the release is known to be the same, or another; and nothing else is in the way */
    private static boolean release(JsonObject json, Document status, List<String> parts) {
        var entry = new Document(json);
        String current = status.text("release").orElse("none");
        Optional<String> name =
                entry.text("release").or(() -> entry.object("manifest").text("release"));
        Optional<String> hash = entry.object("artifact").text("sha256");
        if (name.isPresent() && !ReleaseId.isOf(current, name.get())) {
            parts.add("release " + current + " -> " + name.get());
        } else if (hash.isPresent() && !current.endsWith("-" + start(hash.get()))) {
            parts.add("release " + current + " -> " + name.orElse(start(hash.get())));
        }
        boolean isInline = entry.has("manifest") || entry.has("files") || entry.has("work_dir") || entry.has("patch");
        return !isInline && !entry.has("config");
    }

    private static String start(String hash) {
        return hash.substring(0, Math.min(DIGITS, hash.length()));
    }

    private static void desired(JsonObject entry, Document status, List<String> parts) {
        String wanted = desired(entry);
        String is = status.text("desired").orElse("unknown");
        if (!wanted.equals(is)) parts.add("desired " + is + " -> " + wanted);
    }

    /** As devices read it. */
    static String desired(JsonObject json) {
        var entry = new Document(json);
        boolean isStart = !entry.has("start") || entry.flag("start");
        return entry.text("desired").orElse(isStart ? "running" : "stopped");
    }
}
