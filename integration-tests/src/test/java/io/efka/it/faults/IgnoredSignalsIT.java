package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Somebody starts the agent with signals ignored, as nohup does, and so does the {@code &} of a script. */
class IgnoredSignalsIT {
    private static final List<String> IGNORING = List.of("sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh");

    @Test
    void servicesHearThemAllTheSame() {
        boolean isPossible = Shell.run("env", "--default-signal", "true").code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: this env resets no signals");
        assumeTrue(isPossible, "env --default-signal");
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "nohup", IGNORING)) {
            device.run(
                    "listener", "trap 'echo heard HUP' HUP; trap 'echo heard INT' INT; while :; do sleep 0.05; done");
            for (String signal : List.of("HUP", "INT")) {
                ok(device.ask("listener", "signal", "{\"signal\":\"" + signal + "\"}"));
                device.awaitText("listener", "heard " + signal + "\n");
            }
        }
    }
}
