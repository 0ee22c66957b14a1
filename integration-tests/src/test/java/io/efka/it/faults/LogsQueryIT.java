package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Searches of the logs that are meant to take for ever: they end in time, and hold up nobody. The limits are those of a
 * machine that is busy with other things; the benchmark {@code logs} measures what a quiet one does.
 */
class LogsQueryIT {
    private static final int LINES = 50_000;

    private static TestBroker broker;
    private static DisturbedDevice device;

    @BeforeAll
    static void start() {
        broker = Brokers.start();
        device = new DisturbedDevice(broker, "queries", List.of());
        // What took a minute and a half with a backtracking search, and 16 MB of lines.
        device.run(
                "long-lines",
                "head -c 320 /dev/zero | tr '\\0' a >line; echo >>line; i=0;"
                        + " while [ $i -lt 750 ]; do cat line; i=$((i+1)); done; echo end; exec sleep 600");
        device.run("much", "seq -f %0320.0f " + LINES + "; echo end; exec sleep 600");
        for (String service : List.of("long-lines", "much")) {
            Await.until(
                    service + " wrote all",
                    DisturbedDevice.SOON,
                    () -> device.ask(service, "logs", "{\"lines\":1}")
                            .toString()
                            .contains("end\\n"));
        }
    }

    @AfterAll
    static void end() {
        device.close();
        broker.close();
    }

    @Test
    void endInTimeAndHoldUpNeitherPingsNorCommands() {
        List<String> expressions = List.of(".*.*=", "(.*a){20}$", "(?:[a-z0]+,){900}", "(x+x+)+y|(a?){500}=", "[^=]*=");
        ExecutorService askers = Executors.newCachedThreadPool();
        try {
            var queries = new ArrayList<CompletableFuture<JsonObject>>();
            for (String service : List.of("long-lines", "much")) {
                for (String match : expressions) {
                    String payload = "{\"from\":0,\"match\":\"" + match + "\"}";
                    queries.add(CompletableFuture.supplyAsync(() -> device.ask(service, "logs", payload), askers));
                }
            }
            int during = 0;
            while (queries.stream().anyMatch(query -> !query.isDone())) {
                assertThat(device.ask("ping").get("took_ms").getAsLong()).isLessThan(1000);
                JsonObject signal = device.ask("much", "signal", "{\"signal\":\"CONT\"}");
                assertThat(signal.get("took_ms").getAsLong()).isLessThan(1000);
                during++;
            }
            assertThat(during).as("pings while logs were searched").isGreaterThan(3);
            for (var query : queries) {
                JsonObject reply = query.join();
                assertThat(reply.get("took_ms").getAsLong()).as("%s", reply).isLessThan(5000);
                if (reply.get("ok").getAsBoolean()) {
                    assertThat(reply.get("truncated").getAsBoolean())
                            .isEqualTo(reply.get("next").getAsLong()
                                    < reply.get("end").getAsLong());
                }
            }
        } finally {
            askers.shutdown();
        }
    }

    @Test
    void goOnWhereTheyWereCutOffUntilAllIsSeen() {
        long from = 0;
        long end = 321L * LINES + 4;
        for (int pieces = 0; from < end; pieces++) {
            assertThat(pieces).isLessThan(200);
            JsonObject reply =
                    device.ask("much", "logs", "{\"from\":" + from + ",\"match\":\"(?:0*0*)*[0-9]*0{8}49000$\"}");
            ok(reply);
            if (reply.get("text").getAsString().endsWith("49000\n")) break;
            assertThat(reply.get("next").getAsLong()).isGreaterThan(from);
            from = reply.get("next").getAsLong();
        }
        assertThat(from).as("found before the end").isLessThan(end);
    }

    @Test
    void withWhatTheSyntaxDoesNotHaveAreRefusedWithItsPlace() {
        JsonObject reply = device.ask("much", "logs", "{\"match\":\"foo(?=bar)\"}");
        assertThat(Device.code(reply)).isEqualTo("bad_argument");
        assertThat(reply.toString()).contains("there is no lookahead in this syntax, at character 4");
    }
}
