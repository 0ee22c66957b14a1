package io.efka.fleet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.request.Requests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In which order the kept output of many services is shown. */
@Timeout(60)
class HistoryOrderTest {
    private final FakeFleetBroker broker = new FakeFleetBroker();
    private final List<SimulatedStream> devices = new ArrayList<>();
    private final List<Line> written = new ArrayList<>();
    private final List<LogLine> shown = new ArrayList<>();
    private final List<String> untimed = new ArrayList<>();
    private boolean isLossy;
    private long gone;

    private record Line(int device, int millis, String text) {}

    private final class Screen implements LogFollower.Audience {
        @Override
        public void line(LogLine line) {
            shown.add(line);
        }

        @Override
        public void gone(StreamId stream, long bytes) {
            if (!isLossy) throw new AssertionError(bytes + " bytes gone of " + stream);
            gone += bytes;
        }

        @Override
        public void beganAnew(StreamId stream) {
            throw new AssertionError(stream + " anew");
        }

        @Override
        public void failed(StreamId stream, String why) {
            throw new AssertionError(stream + ": " + why);
        }

        @Override
        public void untimed(String device) {
            untimed.add(device);
        }

        @Override
        public void partial(StreamId stream) {
            throw new AssertionError(stream + " partial");
        }
    }

    private void devices(int count, Random chance) {
        for (int i = 0; i < count; i++) devices.add(new SimulatedStream(broker, "dev" + i, chance, 0));
    }

    private void write(int device, int millis) {
        var line = new Line(device, millis, "dev" + device + " line " + written.size());
        written.add(line);
        devices.get(device).write(line.text(), SimulatedStream.BASE.plusMillis(millis));
    }

    private void readAll(LogQuery query) throws Exception {
        broker.taking(command -> devices.forEach(device -> device.take(command)));
        var session = broker.connected();
        var follower = new LogFollower(session, new Requests(session), query, device -> true, new Screen());
        follower.add(devices.stream().map(SimulatedStream::id).toList());
        assertThat(follower.history()).isTrue();
    }

    private static LogQuery last(int lines) {
        return new LogQuery(lines, Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    void whatIsDeletedWhileItIsReadIsSaid() throws Exception {
        devices(1, new Random(1));
        for (int i = 0; i < 300; i++) write(0, i * 10);
        int all = written.stream().mapToInt(line -> line.text().length() + 1).sum();
        isLossy = true;
        broker.after(Duration.ofSeconds(1), () -> devices.get(0).free(all / 2));

        readAll(since());

        int seen = texts().stream().mapToInt(text -> text.length() + 1).sum();
        assertThat(gone).isPositive().isCloseTo((long) all - seen, Offset.offset(30L)); // a line that was cut
    }

    private List<String> texts() {
        return shown.stream().map(LogLine::text).toList();
    }

    static IntStream seeds() {
        return IntStream.range(0, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLinesOfAllComeInTheOrderInWhichTheyWereWritten(int seed) throws Exception {
        var chance = new Random(seed);
        devices(6, chance);
        for (int i = 0; i < 1_200; i++) write(chance.nextInt(6), i * 10);

        readAll(seed % 2 == 0 ? last(10_000) : since());

        assertThat(texts())
                .as("seed " + seed)
                .isEqualTo(written.stream().map(Line::text).toList());
        assertThat(shown).allSatisfy(line -> {
            assertThat(line.at()).isPresent();
            assertThat(line.isEstimated()).isFalse();
        });
    }

    private static LogQuery since() {
        return new LogQuery(10, Optional.of("1h"), Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void linesOfOneServiceStayInOrderThoughItsClockWasSetBack(int seed) throws Exception {
        var chance = new Random(seed);
        devices(5, chance);
        int[] clocks = new int[5];
        for (int i = 0; i < 600; i++) {
            int device = chance.nextInt(5);
            clocks[device] += chance.nextInt(40) == 0 ? -chance.nextInt(20_000) : chance.nextInt(100);
            write(device, clocks[device]);
        }

        readAll(last(10_000));

        assertThat(shown).hasSameSizeAs(written);
        for (int device = 0; device < 5; device++) {
            int one = device;
            assertThat(texts().stream().filter(text -> text.startsWith("dev" + one + " ")))
                    .as("seed " + seed)
                    .isEqualTo(written.stream()
                            .filter(line -> line.device() == one)
                            .map(Line::text)
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatHasNoTimesComesAfterTheOthersAndIsNamedOnce(int seed) throws Exception {
        var chance = new Random(seed);
        devices(4, chance);
        devices.get(1).becomeOld();
        devices.get(2).becomeOld();
        for (int i = 0; i < 300; i++) write(chance.nextInt(4), i * 10);

        readAll(last(10_000));

        assertThat(untimed).containsExactlyInAnyOrder("dev1", "dev2");
        assertThat(texts())
                .as("seed " + seed)
                .isEqualTo(written.stream()
                        .sorted(Comparator.comparingInt(
                                line -> line.device() == 1 || line.device() == 2 ? line.device() : 0))
                        .map(Line::text)
                        .toList());
    }

    /** The pieces are small, so that all of them together are not much. */
    @Test
    void thereIsNoMoreInMemoryThanIsNeeded() throws Exception {
        var chance = new Random(1);
        devices(3_000, chance);
        for (int i = 0; i < 3_000; i++) for (int line = 0; line < 5; line++) write(i, line);
        for (int line = 0; line < 1_000; line++) write(0, 10 + line);

        readAll(last(900));

        assertThat(devices.get(0).largestAnswer()).isLessThanOrEqualTo((32 << 20) / 3_000);
        assertThat(texts().stream().filter(text -> text.startsWith("dev0 "))).hasSize(900);
        assertThat(shown).hasSize(900 + 2_999 * 5);
    }

    @Test
    void theLastLinesThatNeedManyAnswersAreCounted() throws Exception {
        devices(2_000, new Random(3));
        for (int line = 0; line < 3_000; line++) write(7, line);
        write(8, 4_000);

        readAll(last(2_500));

        assertThat(texts()).isEqualTo(written.stream().skip(500).map(Line::text).toList());
    }

    @Test
    void anEstimateIsSaidToBeOne() {
        Instant noon = Instant.parse("2026-11-27T12:00:00Z");
        var run = Written.between(Optional.of(noon), noon.plusSeconds(3_600));

        assertThat(run.isEstimated()).isTrue();
        assertThat(run.likely(0.5)).isEqualTo(noon.plusSeconds(1_800));
        assertThat(Written.between(Optional.empty(), noon).likely(0.1)).isEqualTo(noon);
        assertThat(Written.between(Optional.empty(), noon).isEstimated()).isTrue();
        assertThat(Written.at(noon).isEstimated()).isFalse();
    }

    @Test
    void linesOfAPartAreSpreadFromItsEarliestToItsLatestTime() {
        Instant noon = Instant.parse("2026-11-27T12:00:00Z");
        var chunk = new OutputChunk(
                100,
                "one\ntwo\nten\n".getBytes(StandardCharsets.UTF_8),
                Optional.of(Written.between(Optional.of(noon), noon.plusMillis(900))));
        var lines = new ArrayList<LogLine>();

        new LineAssembly(new StreamId("dev1", "cam", "stdout"), lines::add).add(chunk);

        assertThat(lines)
                .extracting(line -> line.at().orElseThrow())
                .containsExactly(noon, noon.plusMillis(450), noon.plusMillis(900));
        assertThat(chunk.part(4, 8).written()).contains(Written.between(Optional.of(noon), noon.plusMillis(450)));
    }
}
