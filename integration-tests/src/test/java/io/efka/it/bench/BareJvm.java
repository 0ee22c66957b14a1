package io.efka.it.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Main classes of the benchmarks in JVMs of their own. */
final class BareJvm {
    private BareJvm() {}

    /** A main class of ours in a JVM of its own, with the agent's flags; returns when it has said that it is ready. */
    static Process start(Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-Xss256k",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.getInputStream().read() < 0) throw new IOException(main.getName() + " did not start");
        return process;
    }

    /** What a JVM that was started so says. */
    static void sayReady() {
        System.out.write('\n');
        System.out.flush();
    }

    /** The JVM that this runs on: all that is compared runs on the same one. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
