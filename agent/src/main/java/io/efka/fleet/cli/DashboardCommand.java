package io.efka.fleet.cli;

import io.efka.fleet.dashboard.BrowserBroker;
import io.efka.fleet.dashboard.DashboardPage;
import io.efka.fleet.dashboard.PageServer;
import io.efka.fleet.http.ListenAddress;
import io.efka.fleet.terminal.Terminal;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code efka dashboard}: serves the page that shows and commands the fleet in a browser. It has no connection to the broker itself. */
@Command(name = "dashboard")
final class DashboardCommand extends BrokerCommand {
    private static final String DEFAULT_LISTEN = "127.0.0.1:8089";

    /** Needed to read the settings; nobody connects by it. */
    private static final String CLIENT = "efka-dashboard";

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where browsers come in. Default: " + DEFAULT_LISTEN)
    private String listen = DEFAULT_LISTEN;

    @Option(names = "--print", description = "Writes the page to stdout instead, for any web server")
    private boolean isPrinted;

    DashboardCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void addBroker(BrokerOptions broker, CommandSpec to) {
        broker.addAddressTo(to, "What the page offers: ws:// or wss://host[:port][/path]");
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Serves a page that shows the fleet in a browser and commands it.",
                        "efka dashboard",
                        "efka dashboard --broker wss://broker.example:8084/mqtt --listen 127.0.0.1:8090",
                        "efka dashboard --broker wss://broker.example:8084/mqtt --print >/var/www/html/efka.html")
                .notes(
                        "The page connects to the broker by itself, from where the browser is, and asks for the user and",
                        "the password that the broker wants. A browser speaks MQTT over WebSocket only, so the broker needs",
                        "a listener for it: ws:// or wss://. If a context or EFKA_BROKER names tcp:// or ssl://, the page",
                        "offers a guess: port 9001, which is usual for Mosquitto, or 8084 with TLS, on the same host. The",
                        "address can be changed in the page. agent/docs/dashboards.md says how to set up the broker.",
                        "",
                        "Exit code 0: ended by Ctrl-C or SIGTERM, or printed; 64: the broker is none that a browser can use;",
                        "69: the port is in use.");
    }

    @Override
    public Integer call() throws InterruptedException {
        InetSocketAddress address = address();
        Optional<BrokerOptions.Access> access = read(CLIENT);
        if (access.isEmpty()) return ExitCode.USAGE.number();
        BrowserBroker broker = broker(access.get());
        String page = DashboardPage.of(broker.uri().toString(), access.get().prefix());
        return (isPrinted ? print(page, broker) : serve(page, broker, address)).number();
    }

    private InetSocketAddress address() {
        try {
            return ListenAddress.parse(listen);
        } catch (IllegalArgumentException e) {
            throw wrong("--listen", String.valueOf(e.getMessage()), listen);
        }
    }

    private BrowserBroker broker(BrokerOptions.Access access) {
        BrowserBroker broker = BrowserBroker.of(access.broker().uris());
        var given = spec.commandLine().getParseResult();
        if (broker.guessedFrom().isPresent() && given.hasMatchedOption(BrokerOptions.BROKER)) {
            throw wrong(
                    BrokerOptions.BROKER,
                    "must begin with ws:// or wss://, since a browser speaks MQTT over WebSocket only; " + broker.uri()
                            + "?",
                    given.matchedOptionValue(BrokerOptions.BROKER, ""));
        }
        return broker;
    }

    private ExitCode print(String page, BrowserBroker broker) {
        terminal().out().print(page);
        terminal().out().flush();
        explain(broker);
        return ExitCode.OK;
    }

    private ExitCode serve(String page, BrowserBroker broker, InetSocketAddress address) throws InterruptedException {
        var ended = new CountDownLatch(1);
        surroundings().interrupts().take(ended::countDown);
        try (var server = new PageServer(address, page)) {
            terminal().out().println(link(server.address()));
            terminal().out().flush();
            explain(broker);
            ended.await();
            return ExitCode.OK;
        } catch (IOException e) {
            terminal().say("cannot listen on " + listen + ": " + e.getMessage() + "; --listen takes another port");
            return ExitCode.UNAVAILABLE;
        }
    }

    /** What to open on this machine. */
    private static String link(InetSocketAddress address) {
        boolean isEverywhere = address.getAddress().isAnyLocalAddress();
        return "http://" + (isEverywhere ? "localhost:" + address.getPort() : ListenAddress.text(address)) + "/";
    }

    private void explain(BrowserBroker broker) {
        terminal().say("the page connects to " + broker.uri());
        broker.guessedFrom()
                .ifPresent(from -> terminal()
                        .say("that is a guess, since a browser cannot use " + from
                                + ": change it in the page, or name it with --broker"));
    }

    private Terminal terminal() {
        return terminal(Terminal.Colours.NEVER);
    }
}
