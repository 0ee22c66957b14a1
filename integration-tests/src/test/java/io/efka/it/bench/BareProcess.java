package io.efka.it.bench;

import io.efka.it.bench.Stamps.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A script as {@code ProcessBuilder} starts it, with nothing around it. */
final class BareProcess {
    private final ProcessBuilder builder;

    BareProcess(Path folder, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("bare-" + System.nanoTime() + ".sh"), script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        builder = new ProcessBuilder(file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    Process start() throws IOException {
        return builder.start();
    }

    /** Nanoseconds from the start to the process's stamp; it is ended again. */
    long startToStamp(Stamps stamps) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Process process = start();
        Stamp stamp = stamps.next();
        process.destroyForcibly().waitFor();
        return stamp.at() - begun;
    }
}
