package io.efka.fleet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.request.Requests;
import io.efka.fleet.session.FleetSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class LogFollowerTest {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final LogQuery ALL = query(10_000);

    private final FakeFleetBroker broker = new FakeFleetBroker();
    private final List<SimulatedStream> devices = new ArrayList<>();
    private final Screen screen = new Screen();
    private final Set<String> offline = new HashSet<>();

    private static LogQuery query(int lines) {
        return new LogQuery(lines, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What the operator sees. */
    private static final class Screen implements LogFollower.Audience {
        private final Map<StreamId, List<String>> lines = new TreeMap<>();
        private final Map<StreamId, Long> gone = new TreeMap<>();
        private final List<String> said = new ArrayList<>();
        private final List<String> untimed = new ArrayList<>();
        private final List<LogLine> all = new ArrayList<>();

        @Override
        public void line(LogLine line) {
            all.add(line);
            lines.computeIfAbsent(line.stream(), id -> new ArrayList<>()).add(line.text());
        }

        @Override
        public void gone(StreamId stream, long bytes) {
            gone.merge(stream, bytes, Long::sum);
        }

        @Override
        public void beganAnew(StreamId stream) {
            said.add(stream.serviceName() + " anew");
        }

        @Override
        public void failed(StreamId stream, String why) {
            said.add(stream.serviceName() + " " + why);
        }

        @Override
        public void untimed(String device) {
            untimed.add(device);
        }

        @Override
        public void partial(StreamId stream) {
            said.add(stream.serviceName() + " partial");
        }

        List<String> of(SimulatedStream device) {
            return lines.getOrDefault(device.id(), List.of());
        }
    }

    private SimulatedStream device(Random chance, int worst) {
        var device = new SimulatedStream(broker, "dev" + devices.size(), chance, worst);
        devices.add(device);
        return device;
    }

    private LogFollower following(FleetSession session, LogQuery query) throws Exception {
        session.outlivesLosses();
        broker.taking(command -> devices.forEach(device -> device.take(command)));
        var follower =
                new LogFollower(session, new Requests(session), query, device -> !offline.contains(device), screen);
        follower.add(devices.stream().map(SimulatedStream::id).toList());
        follower.follow();
        follower.history();
        return follower;
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "line " + i).toList();
    }

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eachLineIsShownOnceAndInOrderWhateverBreaks(int seed) throws Exception {
        var chance = new Random(seed);
        for (int i = 0; i < 5; i++) device(chance, seed % 4 * 10).write(20);
        FleetSession session = broker.connected();
        LogFollower follower = following(session, ALL);

        for (int round = 0; round < 40; round++) {
            for (SimulatedStream device : devices) {
                device.write(chance.nextInt(8));
                if (chance.nextInt(12) == 0) device.restartAgent();
                device.ship();
            }
            if (chance.nextInt(6) == 0) broker.cut();
            follower.await(STEP);
            if (follower.isIncomplete()) follower.history();
        }
        settle(follower);

        for (SimulatedStream device : devices) {
            assertThat(screen.of(device)).as("seed " + seed).isEqualTo(numbered(1, device.lines()));
        }
        assertThat(screen.gone).isEmpty();
    }

    /** What was lost last is known to be lost when something comes after it. */
    private void settle(LogFollower follower) throws Exception {
        devices.forEach(SimulatedStream::becomeReliable);
        for (int i = 0; i < 5; i++) {
            devices.forEach(device -> device.write(1));
            devices.forEach(SimulatedStream::ship);
            for (int second = 0; second < 15; second++) follower.await(STEP);
            if (follower.isIncomplete()) follower.history();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatTheDeviceHasFreedIsSaidAndTheRestIsShownOnce(int seed) throws Exception {
        var chance = new Random(seed);
        SimulatedStream device = device(chance, 0);
        device.write(20);
        FleetSession session = broker.connected();
        LogFollower follower = following(session, ALL);

        for (int round = 0; round < 20; round++) {
            boolean isAway = chance.nextInt(4) == 0;
            if (isAway) broker.setReachable(false);
            device.write(chance.nextInt(20));
            device.ship();
            follower.await(STEP);
            if (isAway) {
                device.free(chance.nextInt(900));
                broker.setReachable(true);
            }
            follower.await(STEP);
        }
        device.write(3);
        device.ship();
        for (int second = 0; second < 40; second++) follower.await(STEP);

        List<String> whole = screen.of(device).stream()
                .filter(line -> line.matches("line \\d+"))
                .toList();
        assertThat(whole).as("seed " + seed).doesNotHaveDuplicates().endsWith("line " + device.lines());
        if (whole.size() < device.lines())
            assertThat(screen.gone).as("seed " + seed).isNotEmpty();
    }

    @Test
    void theLastLinesOfABurstThatTheBrokerDropsCome() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        LogFollower follower = following(broker.connected(), ALL);
        device.setDeaf(true);
        device.write(1);
        device.ship();
        follower.await(STEP);
        broker.cut();
        follower.await(STEP);
        broker.queueing(50);
        device.write(2_000);
        device.ship();
        follower.await(STEP);

        device.setDeaf(false);
        for (int second = 0; second < 300 && screen.of(device).size() < device.lines(); second++) follower.await(STEP);

        assertThat(screen.of(device)).isEqualTo(numbered(1, device.lines()));
    }

    @Test
    void aDeviceThatIsSilentIsNamedOnceAndDoesNotHoldUpTheOthers() throws Exception {
        SimulatedStream silent = device(new Random(1), 0);
        silent.setDeaf(true);
        SimulatedStream other = device(new Random(2), 0);
        other.write(3);
        LogFollower follower = following(broker.connected(), ALL);
        assertThat(follower.isIncomplete()).isTrue();
        follower.history();
        other.write(2);
        other.ship();
        follower.await(STEP);

        assertThat(screen.of(other)).isEqualTo(numbered(1, 5));
        assertThat(screen.said).containsExactly("dev0/cam no answer within 15 s");
    }

    @Test
    void aDeviceThatIsOfflineIsAskedForWhatIsMissingWhenItIsBack() throws Exception {
        SimulatedStream away = device(new Random(1), 0);
        away.write(3);
        LogFollower follower = following(broker.connected(), ALL);
        away.setDeaf(true);
        offline.add("dev0");
        broker.cut();
        follower.await(STEP);
        away.write(2);
        int asked = broker.commands().size();

        for (int second = 0; second < 30; second++) follower.await(STEP);
        assertThat(broker.commands()).hasSize(asked);

        away.setDeaf(false);
        offline.clear();
        for (int second = 0; second < 10; second++) follower.await(STEP);
        assertThat(screen.of(away)).isEqualTo(numbered(1, 5));
    }

    @Test
    void manyThatDoNotAnswerDoNotHoldUpTheOthers() throws Exception {
        for (int i = 0; i < 650; i++) device(new Random(1), 0).write(1);
        LogFollower follower = following(broker.connected(), ALL);
        SimulatedStream last = devices.get(99); // by their names
        devices.forEach(device -> device.setDeaf(device != last));
        broker.cut();
        last.write(1);

        for (int second = 0; second < 90 && screen.of(last).size() < 2; second++) follower.await(STEP);

        assertThat(screen.of(last)).isEqualTo(numbered(1, 2));
    }

    @Test
    void aDeviceWhoseAnswersHaveNothingInThemDoesNotHoldUpTheOthers() throws Exception {
        SimulatedStream liar = device(new Random(1), 0);
        liar.setDeaf(true);
        SimulatedStream other = device(new Random(2), 0);
        other.write(3);
        FleetSession session = broker.connected();
        broker.taking(command -> {
            devices.forEach(device -> device.take(command));
            int next = broker.commands().size();
            if (command.topic().startsWith("efka/dev0/"))
                broker.reply(
                        command,
                        "{\"ok\":true,\"stream\":\"stdout\",\"text\":\"\",\"oldest\":0,\"truncated\":true,\"offset\":"
                                + next + ",\"next\":" + next + "}");
            if (next > 1_000) session.interrupt();
        });
        var since = new LogQuery(10, Optional.of("1h"), Optional.empty(), Optional.empty());
        var follower = new LogFollower(session, new Requests(session), since, device -> true, screen);
        follower.add(devices.stream().map(SimulatedStream::id).toList());

        assertThat(follower.history()).isFalse();

        assertThat(screen.of(other)).isEqualTo(numbered(1, 3));
        assertThat(screen.said).containsExactly(liar.id().serviceName() + " its answers have no end");
    }

    @Test
    void aDeviceThatWasInstalledAnewIsFollowedFromItsFirstByte() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        device.write(50);
        LogFollower follower = following(broker.connected(), ALL);
        int before = device.lines();

        device.reinstall();
        device.write(5);
        device.ship();
        for (int second = 0; second < 10; second++) follower.await(STEP);

        assertThat(screen.of(device)).isEqualTo(numbered(1, before + 5));
        assertThat(screen.said).containsExactly("dev0/cam anew");
    }

    @Test
    void aDeviceThatLacksWhatIsMissingIsNotAskedForEver() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        device.write(5);
        LogFollower follower = following(broker.connected(), ALL);
        var liar = new SimulatedStream(broker, "dev0", new Random(1), 0);
        liar.write(100);
        liar.free(500);
        int asked = broker.commands().size();

        liar.ship();
        for (int second = 0; second < 60; second++) follower.await(STEP);

        assertThat(broker.commands().size() - asked).isLessThan(30);
        assertThat(screen.gone).containsKey(device.id());
        assertThat(screen.of(device)).contains("line 99", "line 100");
    }

    @Test
    void theNumberOfLinesMayBeNone() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        device.write(5);
        LogFollower follower = following(broker.connected(), query(0));
        device.write(2);
        device.ship();
        follower.await(STEP);

        assertThat(screen.of(device)).isEqualTo(numbered(6, 7));
    }

    @Test
    void theLastLinesAreThoseThatWereAskedFor() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        device.write(50);
        device.writePart("begun");
        LogFollower follower = following(broker.connected(), query(3));
        follower.end();

        assertThat(screen.of(device)).containsExactly("line 48", "line 49", "line 50", "begun");
    }

    @Test
    void anInterruptEndsItWithoutBlamingTheDevices() throws Exception {
        SimulatedStream device = device(new Random(1), 0);
        device.setDeaf(true);
        FleetSession session = broker.connected();
        broker.after(Duration.ofSeconds(3), session::interrupt);
        LogFollower follower = following(session, ALL);
        follower.await(Duration.ofHours(1));

        assertThat(screen.said).isEmpty();
    }
}
