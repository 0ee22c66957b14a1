package io.efka.fleet.cli;

import io.efka.fleet.exporter.FleetFeed;
import io.efka.fleet.exporter.SampleSet;
import io.efka.fleet.exporter.ScrapeServer;
import io.efka.fleet.http.ListenAddress;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka exporter}: the fleet as one endpoint for Prometheus. */
@Command(name = "exporter")
final class ExporterCommand extends FleetCommand {
    /** The one that OpenTelemetry has for Prometheus exporters. */
    private static final String DEFAULT_LISTEN = "127.0.0.1:9464";

    private static final int DEFAULT_MAX_SERIES = 1_000_000;
    private static final int LEAST_MAX_SERIES = 100;

    @Parameters(paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE, @GROUP or @GROUP/SERVICE; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where scrapes come in. Default: " + DEFAULT_LISTEN)
    private String listen = DEFAULT_LISTEN;

    @Option(names = "--max-series", paramLabel = "N", description = "At most so many of the fleet. Default: 1000000")
    private int maxSeries = DEFAULT_MAX_SERIES;

    ExporterCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Hands the whole fleet to Prometheus, as one endpoint.",
                        "efka exporter",
                        "efka exporter '@berlin' --listen 0.0.0.0:9464",
                        "curl -s http://127.0.0.1:9464/metrics | grep efka_device_online")
                .notes(
                        "/metrics has the fleet as the broker knows it. Without a connection, and until all that is retained",
                        "has come, it has only what the exporter says of itself: efka_exporter_connected is 0 then. /-/ready",
                        "answers 200 only when connected and complete; /-/healthy as long as the exporter is alive. There is",
                        "no TLS and no password: listen where only Prometheus comes, or put a proxy before it.",
                        "agent/docs/dashboards.md has all metrics, rules for alerts and a dashboard for Grafana.",
                        "",
                        "Exit code 0: ended by Ctrl-C or SIGTERM; 69: no broker at the start, or the port is in use; 77: the",
                        "broker refuses it. A broker that is lost later is waited for.");
    }

    @Override
    void check() {
        targets(targetTexts);
        address();
        if (isJson) throw wrong("--json", "must be left out: metrics have a format of their own", "true");
        if (maxSeries < LEAST_MAX_SERIES) {
            throw wrong("--max-series", "must be " + LEAST_MAX_SERIES + " or more", Integer.toString(maxSeries));
        }
    }

    private InetSocketAddress address() {
        try {
            return ListenAddress.parse(listen);
        } catch (IllegalArgumentException e) {
            throw wrong("--listen", String.valueOf(e.getMessage()), listen);
        }
    }

    @Override
    boolean isLasting() {
        return true;
    }

    @Override
    ExitCode interrupted() {
        return ExitCode.OK;
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var feed = new FleetFeed(session, targets, maxSeries);
        try (var server = open(session, feed)) {
            var alert = new Alert(session, feed);
            terminal().say("metrics at http://" + ListenAddress.text(server.address()) + "/metrics");
            feed.read();
            alert.say();
            while (!session.isInterrupted()) session.await(() -> false, Duration.ofHours(1));
        }
        return ExitCode.OK;
    }

    private ScrapeServer open(FleetSession session, FleetFeed feed) throws FleetException {
        try {
            return new ScrapeServer(address(), new SessionSource(session, feed));
        } catch (IOException e) {
            throw new FleetException(
                    ExitCode.UNAVAILABLE,
                    "cannot listen on " + listen + ": " + e.getMessage() + "; --listen takes another port");
        }
    }

    /** Asks the feed on the session's thread. */
    private record SessionSource(FleetSession session, FleetFeed feed) implements ScrapeServer.Source {
        @Override
        public CompletableFuture<SampleSet> samples() {
            return ask(feed::samples);
        }

        @Override
        public CompletableFuture<Optional<String>> incompleteness() {
            return ask(() -> {
                if (!session.isConnected()) return Optional.of("no connection to the broker");
                if (!feed.isCurrent()) return Optional.of("reading what is retained");
                List<String> missing = MissingText.of(feed.completeness());
                return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", missing));
            });
        }

        private <T> CompletableFuture<T> ask(Supplier<T> question) {
            var answer = new CompletableFuture<T>();
            session.post(() -> {
                try {
                    answer.complete(question.get());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e); // costs this scrape, and not the exporter
                }
            });
            return answer;
        }
    }

    /** Says on stderr when the broker is lost and is back, and how much of the fleet came. */
    private final class Alert implements FleetSession.Listener {
        private final FleetFeed feed;

        Alert(FleetSession session, FleetFeed feed) {
            this.feed = feed;
            session.listen(this); // after the feed, which reads again first
        }

        @Override
        public void received(io.efka.mqtt.Message message) {}

        @Override
        public void lost(String reason) {
            terminal().say("no connection to the broker, trying again: " + reason);
        }

        @Override
        public void reconnected() {
            terminal().say("connected again");
            say();
        }

        void say() {
            Completeness came = feed.completeness();
            terminal().say(String.format(Locale.ROOT, "devices: %,d, services: %,d", came.devices(), came.services()));
            MissingText.of(came).forEach(terminal()::say);
        }
    }
}
