package io.efka.fleet.cli;

import io.efka.fleet.terminal.Age;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** In a few words, why a device or a service is as it is. */
final class Why {
    private Why() {}

    /** Empty for one that is online and well. */
    static String of(DeviceView device) {
        if (device.status().isEmpty()) return "has said nothing of itself";
        Document status = device.status().get();
        if (!device.isOnline()) return status.text("reason").orElse("");
        return status.has("filters_refused") ? "the broker refuses subscriptions" : "";
    }

    /** Empty for one that runs as it should. */
    static String of(ServiceView service, Instant now) {
        Document status = service.status();
        var parts = new ArrayList<String>();
        boolean isWell = service.state().equals("running") || service.state().equals("completed");
        if (!service.isKnown()) parts.add("the device is offline");
        if (isWell && service.state().equals("running") && !status.flag("ready")) parts.add("not ready");
        status.text("health").filter("unhealthy"::equals).ifPresent(parts::add);
        if (!isWell) parts.add(cause(status));
        if (status.flag("crash_loop")) parts.add("crash loop");
        List<String> waiting = status.texts("waiting_for");
        if (!waiting.isEmpty()) parts.add("waits for " + String.join(", ", waiting));
        status.instant("next_attempt_at")
                .map(at -> "next try in " + Age.of(Optional.of(now), at))
                .ifPresent(parts::add);
        deploy(status.object("deploy")).ifPresent(parts::add);
        if (!status.objects("holds").isEmpty()) parts.add("held");
        parts.removeIf(String::isEmpty);
        return String.join("; ", parts);
    }

    private static String cause(Document status) {
        Document cause = status.object("cause");
        String kind = cause.text("kind").orElse("");
        if (kind.equals("command") || kind.equals("agent_start")) return "";
        if (kind.equals("exit")) return exit(cause);
        return kind.replace('_', ' ')
                + cause.text("message").map(words -> ": " + words).orElse("");
    }

    /** {@code exited with code 3}, {@code killed by SIGKILL}. */
    static String exit(Document exit) {
        OptionalLong code = exit.number("code");
        if (exit.flag("oom")) return "out of memory";
        if (code.isPresent()) return "exited with code " + code.getAsLong();
        return exit.text("signal").map(signal -> "ended by SIG" + signal).orElse("ended");
    }

    private static Optional<String> deploy(Document deploy) {
        Optional<String> state = deploy.text("state").filter(word -> !word.equals("committed"));
        OptionalLong percent = deploy.number("percent");
        return state.map(word -> "deploy " + word + (percent.isPresent() ? " " + percent.getAsLong() + " %" : ""));
    }
}
