package io.efka.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** CPU time of processes, as the kernel counts it, in steps of 10 ms. */
final class Cpu {
    private Cpu() {}

    /** Milliseconds so far, of all of a process's threads, those that ended included; 0 if it is gone. */
    static double millis(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return 10.0 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same of all processes below this one whose command is like that. */
    static double millis(Predicate<String> command) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().filter(command).isPresent())
                .mapToDouble(process -> millis(process.pid()))
                .sum();
    }
}
