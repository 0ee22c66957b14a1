package io.efka.fleet.rollout;

import com.google.gson.JsonPrimitive;
import io.efka.fleet.desired.DocumentReports;
import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.DeviceFacts.Uptime;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What documents of devices say, as far as a rollout is concerned. They may be of any version, or made up. */
final class FactsReader {
    private FactsReader() {}

    static Presence presence(DeviceView device) {
        if (device.isOnline()) return Presence.ONLINE;
        boolean isLost = device.status()
                .flatMap(status -> status.text("reason"))
                .filter("lost"::equals)
                .isPresent();
        return isLost ? Presence.LOST : Presence.OFFLINE;
    }

    /**
     * What a device reports of one document.
     *
     * @param source of the document: {@code group/all}
     */
    static Optional<ReportFacts> report(Document report, String source) {
        return DocumentReports.of(report, source).map(FactsReader::report);
    }

    private static ReportFacts report(Document report) {
        return new ReportFacts(
                report.number("revision").orElse(0),
                report.text("track").filter("candidate"::equals).isPresent(),
                report.text("state").orElse("unknown"),
                report.object("error").text("code"));
    }

    static ServiceFacts service(Document status, Optional<Uptime> uptime) {
        return new ServiceFacts(
                status.text("desired").filter("running"::equals).isPresent(),
                status.text("state").orElse("unknown"),
                status.flag("ready"),
                status.text("health").filter("unhealthy"::equals).isPresent(),
                status.flag("crash_loop"),
                status.number("restarts").orElse(0),
                uptime);
    }

    static Optional<Uptime> uptime(Document metrics) {
        OptionalDouble desired = seconds(metrics, "seconds_desired");
        OptionalDouble asDesired = seconds(metrics, "seconds_as_desired");
        return desired.isPresent() && asDesired.isPresent()
                ? Optional.of(new Uptime(desired.getAsDouble(), asDesired.getAsDouble()))
                : Optional.empty();
    }

    private static OptionalDouble seconds(Document metrics, String key) {
        return metrics.json().get(key) instanceof JsonPrimitive value && value.isNumber()
                ? OptionalDouble.of(value.getAsDouble())
                : OptionalDouble.empty();
    }

    /** The keys of a service's topics that matter. */
    static List<String> serviceLeaves() {
        return List.of("status", "metrics");
    }
}
