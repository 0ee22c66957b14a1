package io.efka.it.readme;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.fixtures.Await;
import io.efka.it.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A network with nothing but a loopback, so that a page's ports are free. */
final class OwnNetwork implements AutoCloseable {
    private final Process holder;

    private OwnNetwork(Process holder) {
        this.holder = holder;
    }

    /** Makes one, or skips the test where that is not possible. */
    static OwnNetwork open() {
        boolean isPossible =
                Shell.run("unshare", "-n", "ip", "link", "set", "lo", "up").code() == 0;
        assumeTrue(isPossible, "a network namespace (root, unshare and ip)");
        try {
            var network = new OwnNetwork(
                    new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up; exec sleep 1000").start());
            Await.until(
                    "a network of its own",
                    () -> network.run("ip", "-br", "addr", "show", "lo").out().contains("127.0.0.1")
                            && !nameOf(String.valueOf(network.holder.pid())).equals(nameOf("self")));
            return network;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What runs this command in it. */
    List<String> command(String... command) {
        var all = new ArrayList<String>(List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net"));
        all.addAll(List.of(command));
        return all;
    }

    Shell.Result run(String... command) {
        return Shell.run(command(command));
    }

    private static String nameOf(String process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process + "/ns/net"))
                    .toString();
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
