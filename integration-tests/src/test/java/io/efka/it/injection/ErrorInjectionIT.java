package io.efka.it.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Folders;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * An {@code Error} at every hand-over of the packaged jar, one after the other, under load. A quarter of the places, and the
 * kind at each, follow from {@code -Defka.inject.seed}; with {@code -Defka.inject.all=true} it is every place with every kind.
 * {@code -Defka.inject.only=} takes all places whose name contains a text.
 */
class ErrorInjectionIT {
    private static final List<Injection.Kind> ERRORS =
            List.of(Injection.Kind.HEAP, Injection.Kind.THREAD, Injection.Kind.CLASS);

    /** Most of the time an agent starts, or somebody waits. */
    private static final int DEVICES = Integer.getInteger("efka.inject.devices", 3);

    /** All of them once take four minutes on two cores. */
    private static final int PARTS = 4;

    private record Wanted(HandOver place, Injection.Kind kind) {}

    @Test
    void everyHandOverIsStillThere() throws IOException {
        assertThat(InjectionJar.missing(HandOvers.all())).isEmpty();
    }

    @Test
    void anErrorAnywhereLeavesAnAgentThatWorksOrItsSuccessor() throws Exception {
        long seed = Long.getLong("efka.inject.seed", ThreadLocalRandom.current().nextInt(1_000_000));
        System.out.println("[injection] -Defka.inject.seed=" + seed);
        var todo = new ConcurrentLinkedQueue<>(wanted(seed));
        var failures = new ConcurrentLinkedQueue<AssertionError>();
        Path folder = Folders.create("injection");
        ExecutorService devices = Executors.newFixedThreadPool(DEVICES);
        try (TestBroker broker = Brokers.start()) {
            Path jar = folder.resolve("injection.jar");
            InjectionJar.write(jar, HandOvers.all());
            var running = new ArrayList<Future<Void>>();
            for (int i = 0; i < DEVICES; i++) {
                String id = "injected-" + i;
                Callable<Void> work = () -> work(broker, id, jar, todo, failures);
                running.add(devices.submit(work));
            }
            for (Future<Void> one : running) one.get();
        } catch (ExecutionException e) {
            failures.add(new AssertionError(e.getCause()));
        } finally {
            devices.shutdownNow();
            Folders.delete(folder);
        }
        assertThat(failures).isEmpty();
    }

    private static Void work(
            TestBroker broker,
            String id,
            Path jar,
            ConcurrentLinkedQueue<Wanted> todo,
            ConcurrentLinkedQueue<AssertionError> failures)
            throws IOException {
        try (var injected = new Injected(broker, id, jar)) {
            for (Wanted next = todo.poll(); next != null; next = todo.poll()) {
                try {
                    injected.inject(next.place(), next.kind());
                } catch (AssertionError failure) {
                    failures.add(failure);
                    // It may be deaf: the next one gets an agent that is not.
                    injected.startAnew();
                }
            }
        }
        return null;
    }

    private static List<Wanted> wanted(long seed) {
        boolean isAll = Boolean.getBoolean("efka.inject.all");
        String only = System.getProperty("efka.inject.only", "");
        var wanted = new ArrayList<Wanted>();
        List<HandOver> places = HandOvers.all();
        for (int i = 0; i < places.size(); i++) {
            HandOver place = places.get(i);
            if (!place.toString().contains(only)) continue;
            if (!isAll && only.isEmpty() && (seed + i) % PARTS != 0) continue;
            if (isAll) ERRORS.forEach(kind -> wanted.add(new Wanted(place, kind)));
            else wanted.add(new Wanted(place, ERRORS.get((int) ((seed / PARTS + i) % ERRORS.size()))));
        }
        return wanted;
    }
}
