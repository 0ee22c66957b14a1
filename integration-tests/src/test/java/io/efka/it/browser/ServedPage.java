package io.efka.it.browser;

import io.efka.fixtures.Await;
import io.efka.it.FleetCli;
import java.nio.file.Path;
import java.time.Duration;

/**
 * {@code efka dashboard} as it is packaged.
 *
 * @param address what it printed
 */
record ServedPage(FleetCli.Running command, String address) implements AutoCloseable {
    /**
     * Starts it.
     *
     * @param home for what it writes
     */
    static ServedPage of(Path home, WebBroker broker) {
        return of(home, broker, "127.0.0.1:0");
    }

    /** The same on a port of choice. */
    static ServedPage of(Path home, WebBroker broker, String listen) {
        FleetCli.Running command =
                new FleetCli(home, "--broker", broker.address()).start("dashboard", "dashboard", "--listen", listen);
        Await.until(
                command::said, Duration.ofSeconds(60), () -> !command.lines().isEmpty());
        return new ServedPage(command, command.lines().get(0));
    }

    @Override
    public void close() {
        command.close();
    }
}
