package io.efka.agent.artifact.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.artifact.Wish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device's side and the publisher's together, by seed, in simulated time. */
final class ChunkTransferTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int CHUNKS = 300;

    @TempDir
    private Path folder;

    private SimulatedFleet fleet(long seed) throws IOException {
        return new SimulatedFleet(folder, seed, CHUNKS);
    }

    private static void devices(SimulatedFleet fleet, int count) {
        for (int i = 0; i < count; i++) fleet.device("dev" + i);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void oneTransferServesTheWholeFleet(long seed) throws IOException {
        SimulatedFleet fleet = fleet(seed);
        fleet.publisher("ana", false).offer();
        devices(fleet, 50);

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.sent()).isLessThan((long) (1.05 * fleet.content.length));
        assertThat(fleet.wishes).as("few devices ask for what others ask for").hasSizeLessThan(60);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void everythingArrivesOverABrokerThatLosesRepeatsReordersAndCorrupts(long seed) throws IOException {
        SimulatedFleet fleet = fleet(seed);
        fleet.lost = 0.05;
        fleet.repeated = 0.05;
        fleet.delayed = 0.1;
        fleet.corrupted = 0.02;
        fleet.publisher("ana", false).offer();
        devices(fleet, 10);

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.devices).anyMatch(device -> device.bad > 0);
        // Ten devices that each miss 7 % of their own: 0.5 more in the mean.
        assertThat(fleet.sent()).isLessThan(3L * fleet.content.length);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void aSlowDeviceDoesNotMakeThePublisherSendTwice(long seed) throws IOException {
        SimulatedFleet fleet = fleet(seed);
        fleet.publisher("ana", false).offer();
        devices(fleet, 5);
        fleet.devices.get(0).slow(20_000); // 15 s behind at the end

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.sent()).isLessThan((long) (1.3 * fleet.content.length));
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void aRestartAtAnyPointLosesNothingThatIsOnTheDisk(long seed) throws IOException {
        SimulatedFleet fleet = fleet(seed);
        fleet.lost = 0.01;
        fleet.publisher("ana", false).offer();
        devices(fleet, 3);
        for (int i = 0; i < 40; i++) {
            fleet.at(
                    Duration.ofMillis(fleet.chance.nextInt(20_000)),
                    () -> fleet.devices.get(fleet.chance.nextInt(3)).restart());
        }

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        // A device that restarts before it has the hashes comes late, and needs all of it again.
        assertThat(fleet.sent()).isLessThan((long) (2.5 * fleet.content.length));
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void aPeerTakesOverWhenThePublisherLeaves(long seed) throws IOException {
        SimulatedFleet fleet = fleet(seed);
        SimulatedFleet.Publisher ana = fleet.publisher("ana", false);
        ana.offer();
        devices(fleet, 4);
        fleet.run(Duration.ofMillis(2_200));
        ana.leave();
        assertThat(fleet.devices).noneMatch(SimulatedFleet.Device::isComplete);
        fleet.at(Duration.ofSeconds(3), () -> fleet.publisher("dev9", true));

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.sent()).isLessThan((long) (1.6 * fleet.content.length));
    }

    @Test
    void aPeerWhoseBrokerTakesOtherPacketsCutsAsTheDevicesCount() throws IOException {
        SimulatedFleet fleet = fleet(44);
        SimulatedFleet.Publisher ana = fleet.publisher("ana", false);
        ana.offer();
        devices(fleet, 4);
        while (fleet.devices.get(0).have.cardinality() < CHUNKS / 2) fleet.run(Duration.ofMillis(10));
        ana.leave();
        fleet.publisher("dev9", true).cutting(2 * SimulatedFleet.CHUNK);

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.devices).allMatch(device -> device.bad == 0);
    }

    @Test
    void aPublisherLeavesWishesForOtherChunksToOthers() throws IOException {
        SimulatedFleet fleet = fleet(45);
        SimulatedFleet.Publisher ana = fleet.publisher("ana", false);
        ana.offer();
        SimulatedFleet.Device device = fleet.device("dev1");
        while (device.have.cardinality() < CHUNKS / 2) fleet.run(Duration.ofMillis(10));
        ana.leave();
        fleet.publisher("bob", false).cutting(2 * SimulatedFleet.CHUNK);

        fleet.run(Duration.ofSeconds(50));
        assertThat(device.bad).isZero();
        assertThat(device.problem().orElseThrow()).contains("nobody sends what is missing");
    }

    /** How long a device needs if the first to be sent of these chunks are lost. */
    private Duration timeWithLost(Set<Integer> chunks) throws IOException {
        SimulatedFleet fleet = fleet(71);
        var left = new HashSet<>(chunks);
        fleet.dropped = message -> message.topic().contains("/chunk/")
                && left.remove(Integer.parseInt(
                        message.topic().substring(message.topic().lastIndexOf('/') + 1)));
        fleet.publisher("ana", false).offer();
        fleet.device("dev1");
        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(left).isEmpty();
        return Duration.ofNanos(fleet.now);
    }

    @Test
    void theLastChunksOfAWishAreAskedForAgainSoonerWhereOthersCameQuickly() throws IOException {
        Duration lost = timeWithLost(Set.of(61, 62, 63)).minus(timeWithLost(Set.of()));
        assertThat(lost).isLessThan(Duration.ofMillis(4_500));
    }

    @Test
    void oneOfTwoPublishersSendsWhatBothAreAskedFor() throws IOException {
        SimulatedFleet fleet = fleet(51);
        fleet.publisher("ana", false).offer();
        fleet.publisher("bob", false);
        fleet.publisher("dev9", true);
        devices(fleet, 4);

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
        assertThat(fleet.sent()).isLessThan((long) (1.3 * fleet.content.length));
    }

    @Test
    void whereNobodyHasTheArtifactItSaysSo() throws IOException {
        SimulatedFleet fleet = fleet(61);
        SimulatedFleet.Device device = fleet.device("dev1");

        fleet.run(Duration.ofSeconds(24));
        assertThat(device.problem()).isEmpty();
        fleet.run(Duration.ofSeconds(2));
        assertThat(device.problem()).contains("nobody offers it");
        assertThat(fleet.wishes).hasSizeBetween(2, 5).allMatch(Wish::info);
    }

    @Test
    void whereThePublisherLeavesAndNobodyTakesOverItSaysWhatIsMissing() throws IOException {
        SimulatedFleet fleet = fleet(62);
        SimulatedFleet.Publisher ana = fleet.publisher("ana", false);
        ana.offer();
        SimulatedFleet.Device device = fleet.device("dev1");
        fleet.run(Duration.ofSeconds(2));
        ana.leave();

        fleet.run(Duration.ofSeconds(50));
        assertThat(device.problem().orElseThrow())
                .matches("nobody sends what is missing \\(\\d+ of " + CHUNKS + " chunks\\)");
    }

    @Test
    void aDeviceThatAsksInVainDoesNotSilenceTheOthers() throws IOException {
        SimulatedFleet fleet = fleet(63);
        fleet.publisher("ana", false).offer();
        // Somebody who asks for everything, often; nobody hears but the devices.
        SimulatedFleet.Device device = fleet.device("dev1");
        for (int i = 0; i < 2_000; i++) {
            byte[] wish = ("{\"v\":1,\"device\":\"liar\",\"chunks\":[[" + i % CHUNKS + "," + (CHUNKS - 1) + "]]}")
                    .getBytes(StandardCharsets.UTF_8);
            fleet.at(
                    Duration.ofMillis(100L * i),
                    () -> device.received(
                            SimulatedFleet.message("efka/group/all/artifact/" + "0".repeat(64) + "/want", wish)));
        }

        assertThat(fleet.runUntilComplete(LONG)).isTrue();
    }
}
