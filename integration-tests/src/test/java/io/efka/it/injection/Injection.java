package io.efka.it.injection;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs inside the agent's JVM, where every hand-over asks it first. It throws what a file orders, once, and answers with
 * another file. Uses nothing but the JDK.
 */
public final class Injection {
    /** In the folder that both sides share. */
    static final String ORDER = "order";

    private static final String DONE = "done-";
    private static final long PERIOD_NANOS = 5_000_000;

    private static volatile Armed armed;

    private Injection() {}

    /** What happens at a hand-over. */
    enum Kind {
        HEAP,
        THREAD,
        CLASS,
        /** The thread stands still for ever. */
        PARK;

        private void happen() {
            switch (this) {
                case HEAP -> throw new OutOfMemoryError("Java heap space");
                case THREAD ->
                    throw new OutOfMemoryError(
                            "unable to create native thread: possibly out of memory or process/resource limits reached");
                case CLASS -> throw new NoClassDefFoundError("io/efka/Injected");
                case PARK -> {
                    while (true) LockSupport.park(Injection.class);
                }
            }
        }
    }

    private record Armed(Path folder, String number, String place, String thread, Kind kind, AtomicInteger left) {}

    /** Waits for orders in that folder from now on. */
    static void begin(Path folder) throws IOException {
        look(folder);
        var thread = new Thread(null, () -> run(folder), "injection", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(Path folder) {
        try {
            while (true) {
                LockSupport.parkNanos(PERIOD_NANOS);
                look(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void look(Path folder) throws IOException {
        Armed now = armed;
        if (!new File(folder.toFile(), ORDER).exists()) {
            armed = null;
            return;
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(folder.resolve(ORDER));
        } catch (NoSuchFileException withdrawn) {
            return;
        }
        String number = lines.get(0);
        if (now != null && now.number.equals(number)) return;
        if (isDone(folder, number)) return;
        armed = new Armed(folder, number, lines.get(1), lines.get(2), Kind.valueOf(lines.get(3)), new AtomicInteger(1));
    }

    /** Orders something at the next time that a thread whose name begins so comes to a place. */
    static void order(Path folder, String number, String place, String thread, Kind kind) throws IOException {
        Path draft = folder.resolve("draft");
        Files.writeString(draft, String.join("\n", number, place, thread, kind.name()) + "\n");
        Files.move(draft, folder.resolve(ORDER));
    }

    static void withdraw(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(ORDER));
    }

    static boolean isDone(Path folder, String number) {
        return Files.exists(folder.resolve(DONE + number));
    }

    /** Called first in every method where something is handed over. */
    public static void maybe(String place) {
        Armed now = armed;
        if (now == null || !now.place.equals(place)) return;
        if (!Thread.currentThread().getName().startsWith(now.thread)) return;
        if (now.left.getAndDecrement() != 1) return;
        try {
            Files.writeString(
                    now.folder.resolve(DONE + now.number),
                    Thread.currentThread().getName());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        now.kind.happen();
    }
}
