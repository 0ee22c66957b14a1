package io.efka.fleet.cli;

import io.efka.fleet.FakeFleetBroker;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.VisitorLink;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands for a fleet at a broker that is made up, and what came of a call. */
final class CommandFixture {
    final FakeFleetBroker broker = new FakeFleetBroker();

    /** Where a command's second connection goes, if it has one. */
    final FakeFleetBroker second = new FakeFleetBroker();

    /** What Ctrl-C does. */
    final List<Runnable> interrupts = new ArrayList<>();

    LongSupplier clock = broker::now;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static final class Broker implements BrokerOptions {
        @Override
        public void addTo(CommandSpec spec) {}

        @Override
        public void addAddressTo(CommandSpec spec, String meaning) {}

        @Override
        public Optional<Access> read(ParseResult given, String clientId, PrintWriter err) {
            var settings = new BrokerSettings(
                    List.of(URI.create("tcp://broker:1883")),
                    clientId,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            return Optional.of(new Access(settings, "efka"));
        }
    }

    /** A device that is online, with a service that runs. */
    void device(String name, String service) {
        broker.retain("efka/" + name + "/status", "{\"online\":true,\"services\":{\"running\":1}}");
        broker.retain("efka/" + name + "/svc/" + service + "/status", "{\"state\":\"running\"}");
    }

    /** Returns the exit code. */
    int efka(String command, String... arguments) {
        return efka(new PrintWriter(out, true), command, arguments);
    }

    /** With its data written to {@code to}. */
    int efka(PrintWriter to, String command, String... arguments) {
        var links = new ArrayList<VisitorLink>(List.of(broker, second));
        var surroundings = new Surroundings(
                new Broker(),
                settings -> links.remove(0),
                new ByteArrayInputStream(new byte[0]),
                Map.of(),
                interrupts::add,
                InstantSource.system(),
                clock,
                RandomGenerator.getDefault());
        return Objects.requireNonNull(FleetCommands.in(surroundings).get(command))
                .get()
                .setOut(to)
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    void interrupt() {
        interrupts.forEach(Runnable::run);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
