package io.efka.fleet.doctor;

import static io.efka.fleet.doctor.Finding.ok;
import static io.efka.fleet.doctor.Finding.problem;
import static io.efka.fleet.doctor.Finding.warning;

import io.efka.fleet.terminal.NameList;
import io.efka.fleet.terminal.Plural;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the facts of a fleet mean. Pure. */
public final class FleetJudgement {
    /** More than a slow network makes of it. */
    static final Duration WRONG = Duration.ofSeconds(30);

    static final Duration USELESS = Duration.ofMinutes(10);
    private static final int MAX_NAMED = 10;

    private FleetJudgement() {}

    /** In the order in which they are shown. */
    public static List<Finding> of(FleetFacts fleet) {
        var findings = new ArrayList<Finding>();
        if (fleet.devices() == 0) return List.of(ok("fleet", "no device is at this broker yet"));
        findings.add(ok(
                "fleet",
                fleet.devices() + Plural.of(" device", fleet.devices()) + ", " + fleet.online() + " online, with "
                        + fleet.services() + Plural.of(" service", fleet.services())));
        if (!fleet.silent().isEmpty()) {
            findings.add(problem(
                    "answers",
                    "online, but without an answer: " + NameList.of(fleet.silent(), MAX_NAMED),
                    "look whether these accounts may read efka/{device}/cmd/#, and this one efka/{device}/reply/#"));
        }
        findings.add(clocks(fleet));
        findings.add(versions(fleet));
        findings.add(
                fleet.takenOver().isEmpty()
                        ? ok("device ids", "no device was taken over by another agent within a day")
                        : problem(
                                "device ids",
                                "two agents have had the same id within a day: "
                                        + NameList.of(fleet.takenOver(), MAX_NAMED),
                                "give each device an id of its own (EFKA_DEVICE), and make no copies of data folders"));
        findings.add(
                fleet.away().isEmpty()
                        ? ok("offline", "no device is offline for more than a week")
                        : warning(
                                "offline",
                                fleet.away().size() + " for more than a week: " + NameList.of(fleet.away(), MAX_NAMED),
                                "forget those that do not come back: see Forget a device in protocol.md"));
        return findings;
    }

    private static Finding clocks(FleetFacts fleet) {
        String check = "clocks";
        List<String> wrong = wrong(fleet, WRONG);
        if (fleet.clocks().isEmpty()) return ok(check, "no device was asked");
        if (wrong.isEmpty()) {
            return ok(
                    check,
                    "those of " + fleet.clocks().size()
                            + Plural.of(" device", fleet.clocks().size()) + " are within " + WRONG.toSeconds()
                            + " s of this machine's");
        }
        String cure = "set up NTP on these devices, or here if it is all of them";
        String text = "differ from this machine's by " + NameList.of(wrong, MAX_NAMED);
        return wrong(fleet, USELESS).isEmpty()
                ? warning(check, text + ": windows begin at another time, and events are in another order", cure)
                : problem(check, text + ": windows and expiry times do not mean what they say", cure);
    }

    private static List<String> wrong(FleetFacts fleet, Duration most) {
        return fleet.clocks().entrySet().stream()
                .filter(one -> one.getValue().abs().compareTo(most) > 0)
                .map(one -> one.getValue().toSeconds() + " s (" + one.getKey() + ")")
                .toList();
    }

    private static Finding versions(FleetFacts fleet) {
        String text = fleet.versions().entrySet().stream()
                .map(FleetJudgement::version)
                .collect(Collectors.joining(", "));
        return fleet.versions().size() < 2
                ? ok("versions", "all agents have the same: " + text)
                : warning("versions", "agents have different ones: " + text, "bring them to one version");
    }

    private static String version(Map.Entry<String, Integer> one) {
        return one.getKey() + " on " + one.getValue() + Plural.of(" device", one.getValue());
    }
}
