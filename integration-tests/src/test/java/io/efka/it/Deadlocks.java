package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Asks a JVM whether threads of its own wait for each other. */
final class Deadlocks {
    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    /** It lives for a moment, once for each agent that is ended. */
    private static final List<String> QUICKLY = List.of("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1");

    private static final String FOUND = "Java-level deadlock";
    private static final int SIGQUIT = 3;
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private Deadlocks() {}

    /** The threads and the locks that they wait for; empty if there are none. */
    static Optional<String> in(Process jvm) {
        if (!jvm.isAlive() || !isReady(jvm.pid())) return Optional.empty();
        if (!Files.isExecutable(JCMD)) {
            tellOnce("there is no " + JCMD);
            return Optional.empty();
        }
        String threads = threads(jvm.pid());
        if (!threads.contains("Full thread dump") && jvm.isAlive()) tellOnce("jcmd said: " + threads);
        int found = threads.indexOf(FOUND);
        return found < 0 ? Optional.empty() : Optional.of(threads.substring(threads.lastIndexOf('\n', found) + 1));
    }

    private static void tellOnce(String why) {
        if (TOLD.compareAndSet(false, true)) System.out.println("[deadlocks] NOT TRIED: " + why);
    }

    /** A JVM that has just begun, or a program that is yet to become one, would die of the signal that jcmd sends. */
    private static boolean isReady(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("SigCgt:"))
                    .map(line ->
                            new BigInteger(line.substring("SigCgt:".length()).strip(), 16))
                    .anyMatch(caught -> caught.testBit(SIGQUIT - 1));
        } catch (IOException | UncheckedIOException gone) {
            return false;
        }
    }

    private static String threads(long pid) {
        try {
            Path answer = Files.createTempFile("threads", ".txt");
            try {
                var command = new ArrayList<String>(List.of(JCMD.toString()));
                command.addAll(QUICKLY);
                command.addAll(List.of(String.valueOf(pid), "Thread.print"));
                Process jcmd = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(answer.toFile())
                        .start();
                if (!jcmd.waitFor(20, TimeUnit.SECONDS)) jcmd.destroyForcibly();
                return Files.readString(answer, StandardCharsets.UTF_8);
            } finally {
                Files.delete(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
