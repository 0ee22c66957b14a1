package io.efka.fleet.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fleet.artifact.ArtifactOffer;
import io.efka.fleet.artifact.FolderArchive;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.fleet.view.Target;
import io.efka.mqtt.LinkException;
import io.efka.protocol.Sizes;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.AgentThread;
import io.efka.threads.ExitCode;
import io.efka.transfer.SenderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka deploy}: a folder, an archive or an address becomes the release of services. */
@Command(name = "deploy")
final class DeployCommand extends ArgumentCommand {
    @Parameters(
            index = "1",
            paramLabel = "SOURCE",
            description =
                    "A folder, an archive, https://… or mqtt: with --sha256 and --size, or release:NAME that is stored there")
    private String source = "";

    @Option(names = "--sha256", paramLabel = "HASH", description = "Of the archive behind an address")
    private Optional<String> sha256 = Optional.empty();

    @Option(names = "--size", paramLabel = "SIZE", description = "Of the archive behind an address, in bytes")
    private Optional<String> size = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "SIZE/s",
            description = "Bytes per second to send; 0: no limit. Default: 1MiB/s")
    private String rate = "1MiB/s";

    @Option(names = "--min-healthy", paramLabel = "TIME", description = "How long it must run well. Default: 10s")
    private Optional<String> minHealthy = Optional.empty();

    @Option(
            names = "--healthy-deadline",
            paramLabel = "TIME",
            description = "Goes back if it has not run well for that long by then. Default: 5m")
    private Optional<String> healthyDeadline = Optional.empty();

    @Option(names = "--confirm-within", paramLabel = "TIME", description = "Goes back unless confirmed in this time")
    private Optional<String> confirmWithin = Optional.empty();

    @Option(names = "--if-release", paramLabel = "RELEASE", description = "Only where this release is current")
    private Optional<String> ifRelease = Optional.empty();

    @Option(names = "--force", description = "Also where this release has failed before")
    private boolean isForced;

    @Option(names = "--ignore-hold", description = "Also where somebody holds the service")
    private boolean isIgnoringHolds;

    @Option(names = "--new", description = "Also on devices of the target that do not have the service yet")
    private boolean isForNew;

    @Option(names = "--plan", description = "Only says what would be done")
    private boolean isPlan;

    private Optional<ProgressDisplay> display = Optional.empty();
    private Optional<ArtifactOffer> offer = Optional.empty();
    private Optional<Thread> offering = Optional.empty();
    private Optional<Path> packed = Optional.empty();

    DeployCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Brings a release to services, watches it there, and goes back where it does not work.",
                        "efka deploy gate7/camera ./camera",
                        "efka deploy @berlin/camera camera-1.4.2.tar.gz --new --yes",
                        "efka deploy gate7/camera https://files.example/camera.tar.gz --sha256 2c26… --size 7340032",
                        "efka deploy gate7/camera ./camera --plan")
                .notes(
                        "A folder has manifest.json at its top. It is packed, and sent over the broker to the devices that",
                        "ask for it, as long as this runs. The same files are the same release.",
                        "",
                        "Exit code 0: committed everywhere; 1: one answered an error, or went back; 3: nothing matches;",
                        "66: the source cannot be read; 69: no broker; 75: not all have answered, or some are offline;",
                        "77: the broker refuses it.");
    }

    @Override
    String command() {
        return "deploy";
    }

    @Override
    String defaultTimeout() {
        return "15m";
    }

    @Override
    boolean isHarmful() {
        return !isPlan;
    }

    @Override
    boolean isForNew() {
        return isForNew;
    }

    @Override
    Optional<String> without(long count) {
        return Optional.of(String.format(
                Locale.ROOT,
                "%,d %s the service yet; --new brings it there as well",
                count,
                count == 1 ? "device of the target does not have" : "devices of the target do not have"));
    }

    private boolean isAddress() {
        return source.contains("://") || source.startsWith("mqtt:");
    }

    private Optional<String> stored() {
        return source.startsWith("release:") ? Optional.of(source.substring("release:".length())) : Optional.empty();
    }

    @Override
    void check() {
        super.check();
        if (isAddress()) {
            if (sha256.isEmpty() || size.isEmpty()) throw wrong("SOURCE", "needs --sha256 and --size as well", source);
            bytes("--size", size.get());
        } else if (stored().isEmpty() && !isThere(source)) {
            throw wrong("SOURCE", "must be a folder or a file that is there, an address, or release:NAME", source);
        }
        if (isSent() && isNotWaiting() && !isPlan) {
            throw wrong("--no-wait", "must be left out: devices get a folder or a file only while this runs", source);
        }
        rate();
    }

    private static boolean isThere(String path) {
        try {
            return Files.exists(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether this sends the artifact itself, as long as it runs. */
    private boolean isSent() {
        return !isAddress() && stored().isEmpty();
    }

    private long rate() {
        return bytes("--rate", rate.endsWith("/s") ? rate.substring(0, rate.length() - 2) : rate);
    }

    private long bytes(String option, String text) {
        return Sizes.parse(text).orElseThrow(() -> wrong(option, "must be a size such as 500000 or 7MiB", text));
    }

    @Override
    JsonObject arguments() {
        var arguments = new JsonObject();
        stored().ifPresent(name -> arguments.addProperty("release", name));
        if (isAddress())
            arguments.add("artifact", artifact(source, sha256.orElseThrow(), bytes("--size", size.orElseThrow())));
        offer.ifPresent(one -> arguments.add(
                "artifact", artifact("mqtt:" + group(), one.sha256().toString(), one.size())));
        minHealthy.ifPresent(time -> arguments.addProperty("min_healthy", time));
        healthyDeadline.ifPresent(time -> arguments.addProperty("healthy_deadline", time));
        confirmWithin.ifPresent(time -> arguments.addProperty("confirm_within", time));
        ifRelease.ifPresent(name -> arguments.addProperty("if_release", name));
        if (isForced) arguments.addProperty("force", true);
        if (isIgnoringHolds) arguments.addProperty("ignore_hold", true);
        if (isPlan) arguments.addProperty("plan", true);
        return arguments;
    }

    private static JsonObject artifact(String url, String hash, long size) {
        var artifact = new JsonObject();
        var urls = new JsonArray();
        urls.add(url);
        artifact.add("url", urls);
        artifact.addProperty("sha256", hash);
        artifact.addProperty("size", size);
        return artifact;
    }

    /** Where the devices ask: in the group that is the target, or in the one of all. */
    private GroupId group() {
        List<GroupId> groups = targets().stream()
                .map(Target::group)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        boolean isOne = groups.size() == 1
                && targets().stream().allMatch(target -> target.group().isPresent());
        return isOne ? groups.get(0) : GroupId.ALL;
    }

    @Override
    void prepare(FleetSession session, Requests requests, List<Address> to, Duration limit) throws FleetException {
        if (!isSent()) return;
        try {
            Path file = Path.of(source);
            if (Files.isDirectory(file)) file = pack(file);
            var shown = new ProgressDisplay(terminal().err(), terminal().isErrTerminal());
            display = Optional.of(shown);
            var made = new ArtifactOffer(
                    file,
                    access().prefix(),
                    group(),
                    rate(),
                    new SenderId(
                            "deploy-" + Long.toHexString(surroundings().chance().nextLong()), false),
                    surroundings().links().apply(access().broker().withClientIdSuffix("-send")),
                    shown,
                    surroundings().clock(),
                    surroundings().chance());
            offer = Optional.of(made);
            if (isPlan) return;
            var thread = new AgentThread("efka-send", () -> {
                try {
                    made.run(why -> session.post(() -> requests.fail(failure(why))));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.setDaemon(true);
            thread.start();
            offering = Optional.of(thread);
        } catch (IOException e) {
            throw new FleetException(ExitCode.NO_INPUT, source + " cannot be read: " + e.getMessage());
        }
    }

    /** Nobody gets the artifact any more, so there is nothing to wait for. */
    private static FleetException failure(IOException why) {
        return new FleetException(
                why.getCause() instanceof LinkException ? ExitCode.NOT_ALLOWED : ExitCode.NO_INPUT,
                "sending has ended: " + why.getMessage());
    }

    private Path pack(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("manifest.json"))) {
            throw new IOException("there is no manifest.json at its top");
        }
        Path archive =
                Files.createTempDirectory("efka-").resolve(folder.toRealPath().getFileName() + ".tar.gz");
        packed = Optional.of(archive);
        FolderArchive.pack(folder, archive);
        return archive;
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        try {
            return super.run(session);
        } finally {
            offer.ifPresent(ArtifactOffer::close);
            for (Thread thread : offering.stream().toList())
                thread.join(Duration.ofSeconds(2).toMillis());
            display.ifPresent(ProgressDisplay::close);
            try {
                for (Path archive : packed.stream().toList()) {
                    Files.deleteIfExists(archive);
                    Files.deleteIfExists(Objects.requireNonNull(archive.getParent()));
                }
            } catch (IOException e) {
                terminal().say(packed.orElseThrow() + " cannot be deleted: " + e.getMessage());
            }
        }
    }

    @Override
    void aside(Runnable print) {
        display.ifPresentOrElse(shown -> shown.aside(print), print);
    }

    @Override
    Optional<String> waiting() {
        return Optional.of("Who has not got all of the artifact waits for it: run the same command again")
                .filter(text -> isSent() && !isPlan);
    }

    @Override
    String said(Reply reply) {
        if (isPlan) return PlanText.of(reply.document());
        String usual = reply.document().flag("accepted") ? "accepted" : "done";
        String outcome = reply.document().text("outcome").orElse(usual);
        Optional<String> previous = reply.document().text("previous");
        return outcome
                + reply.document().text("release").map(id -> " " + id).orElse("")
                + previous.map(id -> " (before: " + id + ")").orElse("");
    }
}
