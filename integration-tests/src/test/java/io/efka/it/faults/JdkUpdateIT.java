package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Folders;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The package manager exchanges the JDK below a running agent: its helper for starting processes is of another version. */
final class JdkUpdateIT {
    private final Path folder = Folders.create("jdk");
    private final Path jdk = folder.resolve("jdk");

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    @Test
    void servicesAreStartedAndSignalledAllTheSame() throws IOException {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        // Its files are linked where that can be; the helper is replaced below, never written to.
        String copy = "cp -rl '" + home + "' '" + jdk + "' 2>/dev/null || { rm -rf '" + jdk + "'; cp -r '" + home
                + "' '" + jdk + "'; }";
        Shell.run("sh", "-c", copy).ok();
        List<String> byThatJdk = List.of("sh", "-c", "shift; exec '" + jdk + "/bin/java' \"$@\"", "sh");
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "updated", byThatJdk)) {
            device.run("before", "trap 'echo heard' USR1; while :; do sleep 0.05; done");

            Path helper = jdk.resolve("lib/jspawnhelper");
            Files.delete(helper);
            Files.writeString(helper, "#!/bin/sh\nexit 1\n");
            assertThat(helper.toFile().setExecutable(true)).isTrue();

            ok(device.ask("before", "signal", "{\"signal\":\"USR1\"}"));
            device.awaitText("before", "heard\n");
            device.run("after", "echo started; exec sleep 600");
            device.awaitText("after", "started\n");
            ok(device.ask("before", "restart", ""));
            ok(device.ask("after", "stop", ""));
        }
    }
}
