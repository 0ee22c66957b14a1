package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Nothing is lost, doubled, changed or lied about, whatever is killed. {@code -Dchaos.minutes=30} runs it for longer than the
 * minute that is part of every build; {@code -Dchaos.seed=…} repeats the schedule of a run that failed.
 */
class ChaosIT {
    /** Of faults: twenty or so, at least one of each kind; what comes before and after takes half a minute. */
    private static final String SHORT = "1.1";

    @Test
    void everyPromiseSurvivesWhateverIsKilled() throws Exception {
        boolean hasMosquitto = Shell.run("sh", "-c", "command -v mosquitto").code() == 0;
        if (!hasMosquitto) System.out.println("[chaos] LEFT OUT: there is no mosquitto on the PATH");
        assumeTrue(hasMosquitto);
        long seed = Long.getLong("chaos.seed", ThreadLocalRandom.current().nextLong(1_000_000));
        double minutes = Double.parseDouble(System.getProperty("chaos.minutes", SHORT));
        String again = "mvn verify -Pchaos -Dchaos.seed=" + seed + " -Dchaos.minutes=" + minutes;
        System.out.println("[chaos] " + again);
        Path results = Path.of("target", "chaos", "seed-" + seed).toAbsolutePath();
        try (Chaos chaos = new Chaos(seed, results)) {
            Report report = chaos.run(Duration.ofMillis((long) (minutes * 60_000)));
            System.out.println("\nseed " + seed + ", " + minutes + " minutes\n" + report.table());
            assertThat(report.isClean())
                    .as(again + "; the logs are in " + results + "\n" + report.table())
                    .isTrue();
        }
    }
}
