package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Fifty services in five layers, each after two of the layer below, and all in one {@code apply}. A service is ready when
 * its gate is open, and the gates are the test's: what has started while they are shut shows what waited for what, and
 * what did not, without a clock.
 */
final class DependenciesIT {
    private static final int LAYERS = 5;
    private static final int WIDTH = 10;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("layered");

    private final Path started = SHARED.device().folder().resolve("started");
    private final Path gates = SHARED.device().folder().resolve("gates");

    private static String name(int layer, int place) {
        return "layer-" + layer + "-" + place % WIDTH;
    }

    private static List<String> after(int layer, int place) {
        if (layer == 0) return List.of();
        return List.of(name(layer - 1, place), name(layer - 1, place + 1));
    }

    private Bundle bundle(int layer, int place) {
        var dependencies = new JsonArray();
        after(layer, place).forEach(dependencies::add);
        return Bundle.script(name(layer, place), "touch " + started + "/$EFKA_SERVICE", "exec sleep 600")
                .file("gate.sh", "test -e " + gates.resolve(name(layer, place)))
                .with("health_check", "\"exec:gate.sh\"")
                .with("health", "{\"start_period\":\"10m\"}")
                .with("ready", "\"health\"")
                .with("ready_timeout", "\"10m\"")
                .with("after", dependencies.toString());
    }

    private void apply(String id) {
        var services = new JsonObject();
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int place = 0; place < WIDTH; place++) {
                services.add(name(layer, place), bundle(layer, place).json());
            }
        }
        var wanted = new JsonObject();
        wanted.addProperty("id", id);
        wanted.add("services", services);
        Device device = SHARED.device();
        device.watcher().publish(device.topic("cmd/apply"), wanted.toString());
    }

    /** The first so many of a layer. */
    private static List<String> first(int count, int layer) {
        return IntStream.range(0, count).mapToObj(place -> name(layer, place)).toList();
    }

    private void open(List<String> services) throws IOException {
        for (String service : services) {
            if (!Files.exists(gates.resolve(service))) Files.createFile(gates.resolve(service));
        }
    }

    private Set<String> started() {
        try (Stream<Path> files = Files.list(started)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitStarted(List<String> expected) {
        Await.until(
                () -> "started are to be " + expected + ", are " + started(),
                LIMIT,
                () -> started().containsAll(expected));
        assertThat(started()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void fiftyServicesComeUpAsParallelAsTheirDependenciesAllow() throws IOException {
        Files.createDirectories(started);
        Files.createDirectories(gates);
        Device device = SHARED.device();
        apply("fifty");

        // A whole layer starts while none of it is ready, and nothing of the next one.
        var expected = new ArrayList<>(first(WIDTH, 0));
        awaitStarted(expected);

        // Who has what it needs does not wait for the rest of the layer below.
        for (int layer = 0; layer < LAYERS - 1; layer++) {
            int ready = LAYERS - layer;
            open(first(ready, layer));
            expected.addAll(first(ready - 1, layer + 1));
            awaitStarted(expected);
        }
        assertThat(device.watcher().all(device.topic("reply")))
                .as("replies before the end")
                .isEmpty();

        for (int layer = 0; layer < LAYERS; layer++) open(first(WIDTH, layer));
        JsonObject reply =
                Await.value("the reply to apply", LIMIT, () -> device.watcher().last(device.topic("reply")));
        assertThat(ok(reply).get("id").getAsString()).isEqualTo("fifty");
        assertThat(running(reply)).hasSize(LAYERS * WIDTH);
        assertThat(started()).hasSize(LAYERS * WIDTH);
        assertNobodyStartedBeforeItsDependencies();
    }

    /** The services that the reply says have been started. */
    private static Set<String> running(JsonObject reply) {
        var names = new TreeSet<String>();
        for (JsonElement each : reply.getAsJsonArray("actions")) {
            JsonObject action = each.getAsJsonObject();
            if (action.get("action").getAsString().equals("started")) {
                names.add(action.get("service").getAsString());
            }
        }
        return names;
    }

    private void assertNobodyStartedBeforeItsDependencies() throws IOException {
        for (int layer = 1; layer < LAYERS; layer++) {
            for (int place = 0; place < WIDTH; place++) {
                FileTime start = Files.getLastModifiedTime(started.resolve(name(layer, place)));
                for (String dependency : after(layer, place)) {
                    assertThat(start)
                            .as("%s after %s", name(layer, place), dependency)
                            .isGreaterThanOrEqualTo(Files.getLastModifiedTime(gates.resolve(dependency)));
                }
            }
        }
    }
}
