package io.efka.fleet.artifact;

import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.ExitCode;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Sends one file to the devices of a group that ask for it, until all of them have it. {@link #run} does it on the calling
 * thread; only {@link #interrupt} may be called from another.
 */
public final class ArtifactPush implements ArtifactServer.Watcher {
    private static final Duration CONNECT = Duration.ofSeconds(15);

    /** Devices say how much they have every two seconds, so one that is silent for this long is gone. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final int MAX_NAMED = 20;

    private final Plan plan;
    private final MqttLink link;
    private final PrintWriter out;
    private final ProgressDisplay display;
    private final LongSupplier clock;
    private final SingleFile file;
    private final ArtifactServer server;
    private final TransferProgress progress = new TransferProgress();

    private final long begunAt;
    private boolean wasConnected;
    private long signAt;
    private Optional<ExitCode> outcome = Optional.empty();
    private volatile boolean isInterrupted;

    /**
     * What to do.
     *
     * @param rate bytes per second; 0: no limit
     * @param devices how many must have it; empty: all that ask for it
     * @param patience how long to wait for the first device
     * @param linger how long to stay when all that asked have it, for others that are late
     */
    public record Plan(
            Path file,
            String prefix,
            GroupId group,
            long rate,
            Optional<Integer> devices,
            Duration patience,
            Duration linger,
            SenderId sender) {}

    /**
     * Reads the file.
     *
     * @param out is told which artifact it is, as {@code deploy} wants to know it
     * @throws IOException if it cannot be read
     */
    public ArtifactPush(
            Plan plan,
            MqttLink link,
            PrintWriter out,
            ProgressDisplay display,
            LongSupplier clock,
            RandomGenerator chance)
            throws IOException {
        this.plan = plan;
        this.link = link;
        this.out = out;
        this.display = display;
        this.clock = clock;
        this.file = new SingleFile(plan.file, plan.prefix, plan.group, link);
        this.server = new ArtifactServer(plan.sender, plan.prefix, file, link, plan.rate, clock, chance);
        this.begunAt = clock.getAsLong();
        this.signAt = begunAt;
    }

    /** Sends until it is over. */
    public ExitCode run() throws InterruptedException {
        try {
            server.run(file.subscriptions(), this);
        } catch (IOException e) {
            display.say(String.valueOf(e.getMessage()));
            return e.getCause() instanceof LinkException ? ExitCode.NOT_ALLOWED : ExitCode.NO_INPUT;
        } finally {
            link.close();
        }
        return outcome.orElseGet(this::interrupted);
    }

    private ExitCode interrupted() {
        display.say("ended; " + progress.line(server.sentBytes())
                + ". Devices keep what they have. The same command goes on");
        return ExitCode.INTERRUPTED;
    }

    /** Ends {@link #run} soon. From any thread. */
    public void interrupt() {
        isInterrupted = true;
        server.close();
    }

    @Override
    public void connected() throws IOException {
        if (!wasConnected) {
            out.println(reference());
            signAt = clock.getAsLong();
        }
        wasConnected = true;
        server.offer(file.topics());
    }

    /** What a deploy names as its artifact. */
    private String reference() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("url", List.of("mqtt:"));
        fields.put("sha256", file.topics().artifact());
        fields.put("size", file.size());
        return JsonWriter.object(fields).toString();
    }

    @Override
    public void holds(Holding holding) {
        signAt = clock.getAsLong();
        if (progress.holds(holding)) {
            display.say(holding.device() + " has it (" + progress.complete() + " of " + progress.seen() + ")");
        }
    }

    @Override
    public void wishes(Wish wish) {
        signAt = clock.getAsLong();
        progress.wants(wish.device());
    }

    @Override
    public boolean isOver(long now) {
        if (isInterrupted) return true;
        if (wasConnected) display.show(progress.percent(), progress.line(server.sentBytes()), now);
        outcome = judge(now);
        return outcome.isPresent();
    }

    private Optional<ExitCode> judge(long now) {
        if (!wasConnected) return now - begunAt < CONNECT.toNanos() ? Optional.empty() : unreachable();
        Duration silence = Duration.ofNanos(now - signAt);
        if (progress.seen() == 0) return silence.compareTo(plan.patience) < 0 ? Optional.empty() : unwanted();
        if (server.isIdle() && hasEnough(silence)) return done();
        return silence.compareTo(SILENCE) < 0 ? Optional.empty() : incomplete();
    }

    private boolean hasEnough(Duration silence) {
        if (plan.devices.isPresent()) return progress.complete() >= plan.devices.get();
        return progress.complete() == progress.seen() && silence.compareTo(plan.linger) >= 0;
    }

    private Optional<ExitCode> unreachable() {
        display.say("no connection to the broker within " + CONNECT.toSeconds() + " s");
        return Optional.of(ExitCode.UNAVAILABLE);
    }

    private Optional<ExitCode> unwanted() {
        display.say("no device of group " + plan.group + " has asked for it for " + plan.patience.toSeconds()
                + " s; a deploy that names it makes them ask");
        return Optional.of(ExitCode.NOTHING_MATCHED);
    }

    private Optional<ExitCode> done() {
        double ratio = (double) server.sentBytes() / file.size();
        display.say("done: " + progress.line(server.sentBytes())
                + String.format(Locale.ROOT, " (%.2f times the file)", ratio));
        return Optional.of(ExitCode.OK);
    }

    private Optional<ExitCode> incomplete() {
        List<String> names = progress.incomplete();
        display.say("not heard of for " + SILENCE.toSeconds() + " s: " + progress.line(server.sentBytes()));
        names.stream().limit(MAX_NAMED).forEach(display::say);
        if (names.size() > MAX_NAMED) display.say("and " + (names.size() - MAX_NAMED) + " more");
        return Optional.of(ExitCode.BUSY);
    }
}
