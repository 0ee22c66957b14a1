package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a manifest's {@code output} shapes what is published, and what {@code logs} reads back. */
class OutputRulesIT {
    private static TestBroker broker;
    private static DisturbedDevice device;

    @BeforeAll
    static void start() {
        broker = Brokers.start();
        device = new DisturbedDevice(broker, "rules", List.of());
    }

    @AfterAll
    static void end() {
        device.close();
        broker.close();
    }

    @Nested
    class Publishing {
        @Test
        void mergedStderrComesOnStdoutInTheOrderOfWriting() {
            device.run(
                    "merged",
                    "for i in 1 2 3; do echo out $i; echo err $i >&2; done; exec sleep 600",
                    "{\"stderr\":\"merge\"}");
            device.awaitText("merged", "err 3\n");
            assertThat(device.text("merged")).isEqualTo("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
            assertThat(device.watcher().all(device.topic("svc/merged/stderr"))).isEmpty();
        }

        @Test
        void aLineThatIsFinishedWithinLingerIsOneMessage() {
            device.run("device", "printf 'half a '; sleep 0.5; echo line; exec sleep 600", "{\"linger\":\"10s\"}");
            device.run("hasty", "printf 'half a '; sleep 0.5; echo line; exec sleep 600", "{\"linger\":\"50ms\"}");
            device.awaitText("device", "line\n");
            device.awaitText("hasty", "line\n");
            assertThat(device.output("device")).extracting(Watcher.Seen::text).containsExactly("half a line\n");
            assertThat(device.output("hasty")).extracting(Watcher.Seen::text).containsExactly("half a ", "line\n");
        }

        @Test
        void noMessageIsLargerThanTheBatch() {
            device.run("batched", "seq 1 20000; exec sleep 600", "{\"batch\":\"4KiB\"}");
            device.awaitText("batched", "\n20000\n");
            List<Watcher.Seen> output = device.output("batched");
            assertThat(output).allMatch(message -> message.payload().length <= 4096);
            assertThat(output).allMatch(message -> message.text().endsWith("\n"));
        }

        @Test
        void aRateSlowsThePublishingAndNotTheService() {
            device.run("slowed", "seq 1 20000; touch done; exec sleep 600", "{\"rate\":\"40KiB\"}");
            Await.until(
                    "it wrote",
                    DisturbedDevice.SOON,
                    () -> java.nio.file.Files.exists(device.workDir("slowed").resolve("done")));
            assertThat(device.text("slowed")).doesNotContain("20000");
            device.awaitText("slowed", "\n20000\n");
            List<Watcher.Seen> output = device.output("slowed");
            // 106 KiB at 40 KiB a second, of which the first second's worth may come at once.
            Duration took = Duration.between(at(output.get(0)), at(output.get(output.size() - 1)));
            assertThat(took).isBetween(Duration.ofMillis(1200), Duration.ofSeconds(6));
        }

        private Instant at(Watcher.Seen message) {
            return Instant.parse(message.user("at").orElseThrow());
        }
    }

    @Nested
    class Reading {
        private static final String SCRIPT = "seq -f 'line %05g' 1 40000; exec sleep 600";

        @Test
        void byLinesRangeMatchAndTimeInBoundedPieces() {
            Instant before = Instant.now();
            device.run("read", SCRIPT);
            device.awaitText("read", "line 40000\n");

            assertThat(text("{\"lines\":2}")).isEqualTo("line 39999\nline 40000\n");
            assertThat(text("{\"from\":11,\"to\":33}")).isEqualTo("line 00002\nline 00003\n");
            assertThat(text("{\"match\":\"0004$\",\"from\":0}")).startsWith("line 00004\nline 10004\n");
            assertThat(text("{\"since\":\"" + before + "\",\"match\":\"line 00001\"}"))
                    .isEqualTo("line 00001\n");
            assertThat(text("{\"until\":\"" + before.minusSeconds(60) + "\"}")).isEmpty();
            assertThat(text("{\"since\":\"" + before.plusSeconds(600) + "\",\"lines\":5}"))
                    .isEmpty();
        }

        @Test
        void aLargeRangeComesInPiecesThatFitTogether() {
            device.run("large", SCRIPT);
            device.awaitText("large", "line 40000\n");
            var whole = new StringBuilder();
            long from = 0;
            boolean isMore = true;
            while (isMore) {
                JsonObject page = device.ask("large", "logs", "{\"from\":" + from + "}");
                ok(page);
                assertThat(page.toString().length()).isLessThan(256 << 10);
                assertThat(page.get("offset").getAsLong()).isEqualTo(from);
                whole.append(page.get("text").getAsString());
                from = page.get("next").getAsLong();
                isMore = page.get("truncated").getAsBoolean();
            }
            assertThat(whole.toString()).hasSize(440_000).isEqualTo(device.text("large"));
        }

        @Test
        void aWrongTimeIsExplained() {
            device.run("timed", "exec sleep 600");
            JsonObject reply = device.ask("timed", "logs", "{\"since\":\"yesterday\"}");
            assertThat(Device.code(reply)).isEqualTo("bad_argument");
            assertThat(reply.toString()).contains("since").contains("yesterday");
        }

        private String text(String arguments) {
            JsonObject reply = device.ask("read", "logs", arguments);
            ok(reply);
            return reply.get("text").getAsString();
        }
    }
}
