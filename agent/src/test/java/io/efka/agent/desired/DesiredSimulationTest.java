package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.OWN;
import static io.efka.agent.desired.DesiredAgent.ROOF;
import static io.efka.agent.desired.DesiredAgent.document;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents, kills, lost connections, failures and full disks at random; then it is quiet, and everything must be told for. The seed
 * is in the test's name; {@code -Defka.desired.runs=5000} tries more of them.
 */
final class DesiredSimulationTest {
    private static final List<String> TOPICS = List.of(OWN + "mine", ALL + "base", ROOF + "roof");
    private static final List<ServiceId> SERVICES = List.of(new ServiceId("a"), new ServiceId("b"), new ServiceId("c"));

    private final Map<String, Long> revisions = new HashMap<>();

    static List<Long> seeds() {
        return new Random(4711)
                .longs(Integer.getInteger("efka.desired.runs", 400))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensEveryServiceIsAsItsDocumentSaysOrTheReportSaysWhyNot(long seed) {
        var random = new Random(seed);
        var agent = new DesiredAgent();
        agent.goOnline();
        for (int step = 0; step < 60; step++) act(agent, random);
        agent.store.isFull = false;
        agent.store.isBroken = false;
        agent.restart();
        agent.device.failing.clear();
        agent.device.letGo();
        agent.goOnline();
        agent.pass(Duration.ofDays(1));
        agent.device.letGo();

        for (String topic : TOPICS) {
            if (revisions.containsKey(topic)) requireTold(agent, topic.substring(topic.lastIndexOf('/') + 1));
        }
        requireOneOwner(agent);
        int before = agent.device.commands.size();
        agent.restart();
        agent.goOnline();
        agent.pass(Duration.ofDays(1));
        assertThat(agent.device.commands.subList(before, agent.device.commands.size()))
                .as("it is at rest: %s", agent.store.load())
                .isEmpty();
    }

    private void act(DesiredAgent agent, Random random) {
        switch (random.nextInt(13)) {
            case 0, 1, 2, 3 -> publish(agent, random);
            case 4 -> agent.restart();
            case 5 -> {
                agent.restart();
                agent.goOnline();
            }
            case 6 -> agent.goOnline();
            case 7 -> agent.goOffline();
            case 8 -> agent.device.hold();
            case 12 -> agent.killAtSave(1 + random.nextInt(8), random.nextBoolean());
            case 9 -> agent.device.letOneGo(random.nextInt(5));
            case 10 -> {
                if (random.nextBoolean()) agent.device.letGo();
                else agent.pass(Duration.ofMinutes(random.nextInt(200)));
            }
            default -> {
                agent.store.isFull = random.nextInt(4) == 0;
                agent.store.isBroken = random.nextInt(6) == 0;
                String command = random.nextBoolean() ? "deploy " : "switch ";
                if (random.nextInt(3) == 0) {
                    agent.device.failing.put(command + SERVICES.get(random.nextInt(3)), ErrorCode.LAUNCH_FAILED);
                }
            }
        }
    }

    private void publish(DesiredAgent agent, Random random) {
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        long revision = revisions.merge(topic, 1L, Long::sum);
        if (random.nextInt(8) == 0) {
            agent.publish(topic, document(revision, "\"removed\":true"));
            return;
        }
        var services = new StringBuilder();
        for (ServiceId service : SERVICES) {
            if (random.nextInt(3) == 0) continue;
            if (!services.isEmpty()) services.append(',');
            services.append('"').append(service).append("\":").append(entry(random));
        }
        String onFailure = List.of("rollback", "each", "keep").get(random.nextInt(3));
        String start = random.nextInt(4) == 0 ? ",\"splay\":\"2h\"" : "";
        agent.publish(
                topic,
                document(revision, "\"services\":{" + services + "},\"on_failure\":\"" + onFailure + "\"" + start));
    }

    private static String entry(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "{\"absent\":true}";
            case 1 -> "{\"release\":\"bad%d\"}".formatted(random.nextInt(3));
            case 2 -> "{\"release\":\"r%d\",\"desired\":\"stopped\"}".formatted(random.nextInt(3));
            case 3 -> "{\"release\":\"r%d\",\"config\":{\"n\":%d}}".formatted(random.nextInt(3), random.nextInt(3));
            default -> "{\"release\":\"r%d\"}".formatted(random.nextInt(3));
        };
    }

    private void requireTold(DesiredAgent agent, String name) {
        JsonObject report = agent.report(name);
        String state = report.get("state").getAsString();
        assertThat(state)
                .as("%s beside %s", report, agent.store.load())
                .isIn("done", "rolled_back", "failed", "conflict");
        if (!state.equals("done")) {
            assertThat(agent.error(name)).as("%s", report).isNotEmpty();
            return;
        }
        assertThat(report.getAsJsonArray("drift")).as("%s", report).isEmpty();
    }

    private static void requireOneOwner(DesiredAgent agent) {
        var owners = new HashMap<String, String>();
        agent.store.load().forEach((path, text) -> {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            for (Map.Entry<String, JsonElement> applied :
                    json.getAsJsonObject("applied").entrySet()) {
                assertThat(owners.put(applied.getKey(), path))
                        .as(applied.getKey())
                        .isNull();
            }
        });
    }
}
