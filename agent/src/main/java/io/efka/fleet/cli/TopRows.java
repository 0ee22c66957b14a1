package io.efka.fleet.cli;

import io.efka.fleet.live.Cell;
import io.efka.fleet.live.Column;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The columns of {@code top}, and what they have of each service and device. */
final class TopRows {
    static final List<Column> SERVICES = List.of(
            Column.text("DEVICE", 12, 32, 0),
            Column.text("SERVICE", 10, 32, 0),
            Column.text("STATE", 9, 12, 0),
            Column.number("CPU%", 6, 1),
            Column.number("MEMORY", 7, 2),
            Column.number("UPTIME", 5, 3),
            Column.number("RESTARTS", 8, 4),
            Column.number("PID", 7, 5),
            Column.text("RELEASE", 10, 24, 6),
            Column.text("WHY", 16, 80, 7));

    static final List<Column> DEVICES = List.of(
            Column.text("DEVICE", 12, 32, 0),
            Column.text("STATE", 7, 8, 0),
            Column.number("CPU%", 6, 1),
            Column.number("LOAD", 6, 2),
            Column.number("MEMORY", 7, 3),
            Column.number("MEM%", 5, 4),
            Column.number("DISK%", 5, 6),
            Column.number("TEMP", 5, 7),
            Column.number("SERVICES", 8, 5),
            Column.number("FOR", 4, 5),
            Column.text("VERSION", 7, 16, 8),
            Column.text("WHY", 12, 60, 9));

    /** Where the trouble is, is looked at first. */
    private static final List<String> STATES = List.of(
            "failed",
            "backoff",
            "stopping",
            "starting",
            "offline",
            "running",
            "online",
            "scheduled",
            "completed",
            "stopped");

    /** States in this order; those that are not known are the last. */
    static final Comparator<String> TROUBLE_FIRST =
            Comparator.<String>comparingDouble(TopRows::rank).thenComparing(Comparator.naturalOrder());

    private static final String[] UNITS = {"B", "K", "M", "G", "T", "P", "E"};

    private TopRows() {}

    /** @param metrics the newest ones of the service, or none */
    static List<Cell> cells(ServiceView service, Document metrics, Instant now) {
        Document status = service.status();
        boolean isRunning = service.isKnown() && status.has("pid");
        // Those of the run before say nothing of this one.
        boolean isThisRun = isRunning && metrics.text("run").equals(status.text("run"));
        Document measured = isThisRun ? metrics : Document.EMPTY;
        return List.of(
                Cell.text(service.device().id(), Style.PLAIN),
                Cell.text(service.id(), Style.BOLD),
                state(service),
                decimal(measured.decimal("cpu_percent")),
                bytes(measured.number("rss")),
                isRunning ? Cell.since(status.instant("since")) : Cell.EMPTY,
                restarts(status.number("restarts")),
                isRunning ? number(status.number("pid")) : Cell.EMPTY,
                Cell.text(status.text("release").orElse(""), Style.PLAIN),
                Cell.text(Why.of(service, now), Style.DIM));
    }

    private static Cell state(ServiceView service) {
        String state = service.state();
        if (!service.isKnown()) return Cell.number(STATES.indexOf("offline"), "(" + state + ")", Style.DIM);
        boolean isLooping = service.status().flag("crash_loop");
        Style style = isLooping ? Style.BAD : StateStyle.of(state);
        return Cell.number(isLooping ? 0 : rank(state), state, style);
    }

    /** @param running of how many of its services this is the state */
    static List<Cell> cells(DeviceView device, Document metrics, long running) {
        Document status = device.status().orElse(Document.EMPTY);
        Document measured = device.isOnline() ? metrics : Document.EMPTY;
        String state = device.isOnline() ? "online" : "offline";
        Document memory = measured.object("memory");
        return List.of(
                Cell.text(device.id(), Style.BOLD),
                Cell.number(rank(state), state, StateStyle.of(state)),
                decimal(measured.decimal("cpu_percent")),
                measured.decimal("load1").isPresent()
                        ? Cell.number(
                                measured.decimal("load1").getAsDouble(),
                                String.format(
                                        Locale.ROOT,
                                        "%.2f",
                                        measured.decimal("load1").getAsDouble()),
                                Style.PLAIN)
                        : Cell.EMPTY,
                bytes(used(memory)),
                percent(memory),
                percent(measured.object("disk")),
                decimal(measured.decimal("temperature")),
                Cell.number(running, running + "/" + device.services().size(), Style.PLAIN),
                Cell.since(device.since()),
                Cell.text(status.text("version").orElse(""), Style.PLAIN),
                Cell.text(Why.of(device), Style.DIM));
    }

    private static double rank(String state) {
        int rank = STATES.indexOf(state);
        return rank < 0 ? STATES.size() : rank;
    }

    private static Cell restarts(OptionalLong count) {
        return count.isPresent()
                ? Cell.number(
                        count.getAsLong(),
                        Long.toString(count.getAsLong()),
                        count.getAsLong() > 0 ? Style.WARN : Style.PLAIN)
                : Cell.EMPTY;
    }

    private static Cell number(OptionalLong value) {
        return value.isPresent() ? Cell.number(value.getAsLong()) : Cell.EMPTY;
    }

    private static Cell decimal(OptionalDouble value) {
        return value.isPresent() ? Cell.decimal(value.getAsDouble(), Style.PLAIN) : Cell.EMPTY;
    }

    private static OptionalLong used(Document space) {
        OptionalLong total = space.number("total");
        OptionalLong available = space.number("available");
        if (total.isEmpty() || available.isEmpty()) return OptionalLong.empty();
        return OptionalLong.of(Math.max(0, total.getAsLong() - available.getAsLong()));
    }

    private static Cell percent(Document space) {
        OptionalLong used = used(space);
        if (used.isEmpty() || space.number("total").getAsLong() <= 0) return Cell.EMPTY;
        double percent = 100.0 * used.getAsLong() / space.number("total").getAsLong();
        return Cell.number(
                percent, String.format(Locale.ROOT, "%.0f", percent), percent > 90 ? Style.WARN : Style.PLAIN);
    }

    private static Cell bytes(OptionalLong value) {
        return value.isPresent() ? Cell.number(value.getAsLong(), bytes(value.getAsLong()), Style.PLAIN) : Cell.EMPTY;
    }

    /** {@code 512K}, {@code 3.4M}: three digits are enough to compare. */
    static String bytes(long value) {
        double rest = value;
        int unit = 0;
        while (rest >= 999.5 && unit < UNITS.length - 1) {
            rest /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit > 0 && rest < 9.95 ? "%.1f" : "%.0f", rest) + UNITS[unit];
    }
}
