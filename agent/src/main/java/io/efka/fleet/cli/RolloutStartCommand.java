package io.efka.fleet.cli;

import io.efka.fleet.rollout.Limit;
import io.efka.fleet.rollout.Policy;
import io.efka.fleet.rollout.Policy.OnFailure;
import io.efka.fleet.rollout.Rollouts;
import io.efka.fleet.rollout.Rollouts.StartRequest;
import io.efka.fleet.session.FleetException;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.json.Utf8;
import io.efka.threads.ExitCode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka rollout start}. */
@Command(name = "start")
final class RolloutStartCommand extends RolloutCommand {
    /** What a document of a rollout may have. */
    private static final int MAX_DOCUMENT = 64 << 10;

    @Parameters(paramLabel = "NAME", description = "The name of the rollout and of its desired document")
    private String name = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|FOLDER",
            required = true,
            description = "JSON with \"services\", as a desired document has them, or the folder of a small service")
    private Path file = Path.of("");

    @Option(
            names = "--before",
            paramLabel = "FILE",
            description =
                    "JSON or a folder with the services that devices go back to, where the document does not have them yet")
    private Optional<Path> before = Optional.empty();

    @Option(names = "--steps", paramLabel = "PERCENT,…", description = "Shares of the group. Default: 1,10,50,100")
    private String steps = "1,10,50,100";

    @Option(names = "--settle", paramLabel = "TIME", description = "For how long devices must be well. Default: 60s")
    private String settle = "60s";

    @Option(names = "--max-failures", paramLabel = "LIMIT", description = "2%% or 3 devices. Default: 2%%")
    private String maxFailures = "2%";

    @Option(
            names = "--min-sample",
            paramLabel = "N",
            description = "A percentage of failures counts from so many answers on. Default: 3")
    private int minSample = 3;

    @Option(
            names = "--max-unavailable",
            paramLabel = "LIMIT",
            description = "Of the online devices, so many may be updating or broken at once. Default: 10%%")
    private String maxUnavailable = "10%";

    @Option(
            names = "--report-timeout",
            paramLabel = "TIME",
            description = "An online device must report the document within this time. Default: 60s")
    private String reportTimeout = "60s";

    @Option(names = "--on-failure", paramLabel = "WHAT", description = "pause or rollback. Default: pause")
    private String onFailure = "pause";

    @Option(
            names = "--min-healthy",
            paramLabel = "TIME",
            description = "So long a release must be well on a device. Default: 10s")
    private Optional<String> minHealthy = Optional.empty();

    @Option(
            names = "--healthy-deadline",
            paramLabel = "TIME",
            description = "By when; then the device goes back. Default: 5m")
    private Optional<String> healthyDeadline = Optional.empty();

    @Option(names = "--salt", paramLabel = "TEXT", description = "The same salt begins with the same devices each time")
    private Optional<String> salt = Optional.empty();

    private Optional<StartRequest> request = Optional.empty();

    RolloutStartCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Starts a rollout, and steers it to its end.",
                        "efka rollout start camera -f camera.json --group all",
                        "efka rollout start camera -f ./camera --group berlin",
                        "efka rollout start camera -f camera.json --steps 5,100 --settle 5m --max-failures 3",
                        "efka rollout start camera -f camera.json --on-failure rollback")
                .notes(
                        "The files of a folder travel within the document: 48 KiB at most. For more, name an artifact in FILE.",
                        "It may be ended at any time: devices stay as they are, and resume goes on.",
                        "",
                        "Exit code 0: all have it; 2: stopped by its limits, or gone back; 3: no device in the group;",
                        "66: a file cannot be read; 69: no broker; 75: another rollout, or another operator, has it;",
                        "77: the broker refuses it; 130: ended by Ctrl-C.");
    }

    @Override
    void check() throws FleetException {
        super.check();
        GroupId group = group().orElse(GroupId.ALL);
        String content = content(file);
        Optional<String> earlier = before.isPresent() ? Optional.of(content(before.get())) : Optional.empty();
        try {
            request =
                    Optional.of(new StartRequest(group, legalName(name), content, earlier, deploys(), policy(), salt));
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.USAGE, file + ": " + e.getMessage());
        }
    }

    private String content(Path from) throws FleetException {
        byte[] bytes = InputFile.document(from.toString(), surroundings().stdin(), MAX_DOCUMENT);
        return Utf8.decode(bytes).orElseThrow(() -> new FleetException(ExitCode.USAGE, from + ": is not UTF-8"));
    }

    private Map<String, String> deploys() {
        var deploys = new LinkedHashMap<String, String>();
        minHealthy.ifPresent(time -> deploys.put("min_healthy", checked("--min-healthy", time)));
        healthyDeadline.ifPresent(time -> deploys.put("healthy_deadline", checked("--healthy-deadline", time)));
        return deploys;
    }

    private String checked(String option, String time) {
        duration(option, time);
        return time;
    }

    private Policy policy() {
        List<BigDecimal> shares = Policy.parseSteps(steps)
                .orElseThrow(() -> wrong("--steps", "must grow up to 100, such as 1,10,50,100", steps));
        if (minSample < 1) throw wrong("--min-sample", "must be 1 or more", Integer.toString(minSample));
        var timeout = duration("--report-timeout", reportTimeout);
        if (timeout.isZero()) throw wrong("--report-timeout", "must be more than 0", reportTimeout);
        return new Policy(
                shares,
                duration("--settle", settle),
                limit("--max-failures", maxFailures),
                minSample,
                limit("--max-unavailable", maxUnavailable),
                timeout,
                switch (onFailure) {
                    case "pause" -> OnFailure.PAUSE;
                    case "rollback" -> OnFailure.ROLLBACK;
                    default -> throw wrong("--on-failure", "must be pause or rollback", onFailure);
                });
    }

    private Limit limit(String option, String text) {
        return Limit.parse(text)
                .orElseThrow(() -> wrong(option, "must be a percentage or a number, such as 2% or 3", text));
    }

    @Override
    ExitCode run(Rollouts rollouts) throws FleetException, InterruptedException {
        return rollouts.start(request.orElseThrow());
    }
}
