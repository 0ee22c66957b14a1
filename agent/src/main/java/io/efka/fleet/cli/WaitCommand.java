package io.efka.fleet.cli;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.NameList;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka wait}: for scripts that go on when something is so. */
@Command(name = "wait")
final class WaitCommand extends FleetCommand {
    private static final int MAX_NAMED = 10;
    private static final String RELEASE = "release=";

    @Parameters(arity = "1..*", paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE or @GROUP; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "WHAT",
            description =
                    "online or offline of devices; running, stopped, completed, ready, healthy or release=R of services")
    private String what = "";

    @Option(names = "--timeout", paramLabel = "TIME", description = "How long at most. Default: 60s")
    private String timeout = "60s";

    WaitCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Waits until devices or services are as they should be.",
                        "efka wait gate7 --for online --timeout 5m",
                        "efka wait 'gate7/*' --for ready",
                        "efka wait @berlin/camera --for release=1.4.2")
                .notes(
                        "All that match must be so, and at least one must match. One that is named in full is waited",
                        "for even if nobody knows it yet.",
                        "",
                        "Exit code 0: it is so; 69: no broker; 75: not so in time, or some did not come;",
                        "77: the broker refuses it; 130: ended by Ctrl-C.");
    }

    @Override
    void check() {
        targets(targetTexts);
        duration("--timeout", timeout);
        if (isOfDevices() || service() != null) return;
        throw wrong("--for", "must be online, offline, running, stopped, completed, ready, healthy or release=R", what);
    }

    @Override
    boolean isLasting() {
        return true;
    }

    private boolean isOfDevices() {
        return what.equals("online") || what.equals("offline");
    }

    /** Whether a service is as it should be; null if the word is none of services. */
    private @org.jspecify.annotations.Nullable Predicate<ServiceView> service() {
        if (what.startsWith(RELEASE)) {
            String release = what.substring(RELEASE.length());
            return service -> service.state().equals("running")
                    && service.status().flag("ready")
                    && ReleaseNames.matches(service, release);
        }
        return switch (what) {
            case "running", "stopped", "completed" -> service -> service.state().equals(what);
            case "ready" -> service -> service.status().flag("ready");
            case "healthy" -> service -> service.status().text("health").equals(java.util.Optional.of("healthy"));
            default -> null;
        };
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        Completeness came = snapshot.read(!isOfDevices());
        MissingText.of(came).forEach(terminal()::say);
        Duration limit = duration("--timeout", timeout);
        boolean isSo = session.await(() -> open(snapshot.view(), targets).isEmpty(), limit);
        if (isSo) return MissingText.code(came, ExitCode.OK);
        if (session.isInterrupted()) return ExitCode.INTERRUPTED;
        List<String> open = open(snapshot.view(), targets);
        terminal().say("not " + what + " within " + limit.toSeconds() + " s: " + NameList.of(open, MAX_NAMED));
        return ExitCode.BUSY;
    }

    /** What is not as it should be yet. */
    private List<String> open(FleetView view, List<Target> targets) {
        var open = new ArrayList<String>();
        for (Target target : targets) {
            int before = open.size();
            int matching = 0;
            for (DeviceView device : view.devices(List.of(target))) matching += look(device, target, open);
            if (matching == 0 && open.size() == before) open.add(target.toString());
        }
        return open;
    }

    /** @return how many match */
    private int look(DeviceView device, Target target, List<String> open) {
        if (isOfDevices()) {
            if (device.isOnline() != what.equals("online")) open.add(device.id());
            return 1;
        }
        Predicate<ServiceView> wanted = service();
        int matching = 0;
        for (ServiceView service : device.services().values()) {
            if (wanted == null || !target.includes(service.id())) continue;
            matching++;
            if (!service.isKnown() || !wanted.test(service)) open.add(service.name());
        }
        return matching;
    }
}
