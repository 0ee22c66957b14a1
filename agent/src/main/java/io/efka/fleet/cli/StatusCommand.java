package io.efka.fleet.cli;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Age;
import io.efka.fleet.terminal.OutputText;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code efka status}: everything about one device or service, or about several. */
@Command(name = "status")
final class StatusCommand extends FleetCommand {
    private static final int KEY = 12;

    @Parameters(arity = "1..*", paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE or @GROUP; * and ? match")
    private List<String> targetTexts = List.of();

    StatusCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows everything that devices and services say of themselves.",
                        "efka status gate7",
                        "efka status gate7/camera",
                        "efka status 'gate7/*' --json")
                .notes(
                        "Exit code 0: shown; 3: nothing matches; 69: no broker; 75: some did not come;",
                        "77: the broker refuses it.");
    }

    @Override
    void check() {
        targets(targetTexts);
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        boolean isComplete = snapshot.read(true).isComplete();
        int shown = 0;
        for (DeviceView device : snapshot.view().devices(targets)) {
            if (targets.stream().anyMatch(target -> target.service().isEmpty() && target.matches(device))) {
                separate(shown++);
                show(device);
            }
            for (ServiceView service : device.services().values()) {
                boolean isMeant = targets.stream()
                        .anyMatch(target -> target.service().isPresent()
                                && target.matches(device)
                                && target.includes(service.id()));
                if (!isMeant) continue;
                separate(shown++);
                show(service);
            }
        }
        if (shown == 0) {
            terminal().say("nothing matches " + String.join(" ", targetTexts));
            return ExitCode.NOTHING_MATCHED;
        }
        return isComplete ? ExitCode.OK : ExitCode.BUSY;
    }

    private void separate(int before) {
        if (before > 0 && !isJson) terminal().out().println();
    }

    private void show(DeviceView device) {
        Document status = device.status().orElse(Document.EMPTY);
        if (isJson) {
            terminal().json(Documents.line(device, Optional.empty(), status));
            return;
        }
        String word = device.isOnline() ? "online" : "offline";
        head(device.id(), word, device.since(), Why.of(device));
        row("Version", status.text("version"));
        row("Host", status.text("host"));
        row(
                "System",
                status.text("os")
                        .map(os -> os
                                + status.text("java")
                                        .map(java -> ", Java " + java)
                                        .orElse("")));
        row("Groups", Optional.of(String.join(", ", status.texts("groups"))));
        row("Booted", status.instant("boot_at").map(Instant::toString));
        var services = new ArrayList<String>();
        for (ServiceView service : device.services().values()) services.add(service.id() + " " + service.state());
        row("Services", Optional.of(String.join(", ", services)));
    }

    private void show(ServiceView service) {
        if (isJson) {
            terminal().json(Documents.line(service.device(), Optional.of(service.id()), service.status()));
            return;
        }
        Document status = service.status();
        Instant now = surroundings().wall().instant();
        String word = service.isKnown() ? service.state() : "(" + service.state() + ")";
        head(service.name(), word, status.instant("since"), Why.of(service, now));
        row(
                "Desired",
                status.text("desired")
                        .map(wanted -> wanted + (status.flag("autostart") ? "" : ", not at the agent's start")));
        row("Health", status.text("health").map(health -> health + (status.flag("ready") ? ", ready" : ", not ready")));
        row(
                "Process",
                number(status, "pid")
                        .map(pid -> pid
                                + status.text("run").map(run -> ", run " + run).orElse("")));
        row("Release", status.text("release"));
        row("Deploy", deploy(status.object("deploy")));
        for (Document hold : status.objects("holds")) row("Held", Optional.of(hold(hold)));
        row("Restarts", number(status, "restarts"));
        row("Cause", cause(status.object("cause")));
        Document exit = status.object("last_exit");
        row("Last exit", exit.instant("at").map(at -> Why.exit(exit) + ", " + at));
        for (String warning : status.texts("warnings")) row("Warning", Optional.of(warning));
        for (Document fault : status.objects("faults")) {
            row(
                    "Fault",
                    Optional.of(fault.text("key").orElse("") + " "
                            + fault.text("expected").orElse("")));
        }
        exit.text("tail").ifPresent(this::tail);
    }

    private void head(String name, String state, Optional<Instant> since, String why) {
        Instant now = surroundings().wall().instant();
        String age = Age.of(since, now);
        String rest = age.isEmpty() ? "" : " for " + age + " (since " + since.orElseThrow() + ")";
        boolean isColoured = terminal().hasColours();
        Style style = StateStyle.of(state);
        terminal()
                .out()
                .println((isColoured ? Style.BOLD.paint(Printable.line(name)) : Printable.line(name))
                        + "  "
                        + (isColoured ? style.paint(Printable.line(state)) : Printable.line(state))
                        + rest);
        row("Why", Optional.of(why));
    }

    private void row(String key, Optional<String> value) {
        value.filter(text -> !text.isEmpty())
                .ifPresent(text -> terminal()
                        .out()
                        .println(String.format(Locale.ROOT, "%" + KEY + "s: %s", key, Printable.line(text))));
    }

    private static Optional<String> number(Document document, String key) {
        return document.number(key).isPresent()
                ? Optional.of(Long.toString(document.number(key).getAsLong()))
                : Optional.empty();
    }

    private static Optional<String> deploy(Document deploy) {
        return deploy.text("state")
                .map(state -> state
                        + deploy.text("release").map(release -> " " + release).orElse("")
                        + deploy.text("message").map(message -> ": " + message).orElse(""));
    }

    private static String hold(Document hold) {
        return "by " + hold.text("by").orElse("?") + " until "
                + hold.text("until").orElse("?")
                + hold.text("reason").map(reason -> ": " + reason).orElse("");
    }

    private static Optional<String> cause(Document cause) {
        return cause.text("kind")
                .map(kind -> kind.replace('_', ' ')
                        + cause.text("id").map(id -> " " + id).orElse("")
                        + cause.text("message").map(message -> ": " + message).orElse(""));
    }

    private void tail(String text) {
        if (text.isBlank()) return;
        row("Its last lines", Optional.of("(before that exit)"));
        text.lines().forEach(line -> terminal().out().println("    " + OutputText.safe(line)));
    }
}
