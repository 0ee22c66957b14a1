package io.efka.agent.supervision;

import static io.efka.fixtures.Manifests.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands, exits, delays and agent restarts against one service whose processes are simulated; after every step
 * what must always hold is checked. A failure prints its seed.
 */
final class SimulationTest {
    private static final int STEPS = 3000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatMustAlwaysHoldHolds(long seed) {
        var simulation = new Simulation(seed);
        for (int i = 0; i < STEPS; i++) {
            simulation.step();
            simulation.check("seed " + seed + ", step " + i);
        }
        simulation.withoutCommand();
        simulation.checkAnswers("seed " + seed);
    }

    /** The operating system and the people around one service. */
    private static final class Simulation {
        private final Random random;
        private final Manifest manifest = manifest("camera");
        private final List<Alive> alive = new ArrayList<>();
        private final List<Asked> asked = new ArrayList<>();
        private World world;
        private int heard;

        private record Alive(RunId run, ProcessIdentity process) {}

        private record Asked(String what, World.Asking asking, World world) {}

        Simulation(long seed) {
            random = new Random(seed);
            world = World.with(manifest);
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> ask("start", Event.StartAsked::new);
                case 2 -> ask("stop", Event.StopAsked::new);
                case 3 -> ask("restart", Event.RestartAsked::new);
                case 4 -> ask("reset", Event.ResetAsked::new);
                case 5 -> crash();
                case 6 -> world.timers.advance(Duration.ofMillis(random.nextInt(60_000)));
                case 7 -> agentDies();
                default -> world.timers.advance(Duration.ofMillis(random.nextInt(200)));
            }
            react();
        }

        private void ask(String what, Function<Request, Event> event) {
            asked.add(new Asked(what, world.ask(event), world));
        }

        private void crash() {
            if (!alive.isEmpty()) end(alive.get(0), 1);
        }

        private void end(Alive process, int code) {
            alive.remove(process);
            var exit = new Exit(OptionalInt.of(code), Optional.empty(), false, world.timers.now(), "");
            world.launcher.tell(process.run(), new Event.Exited(process.run(), exit, true));
        }

        /** kill -9: processes live on, requests are lost, a new agent finds what was stored. */
        private void agentDies() {
            if (random.nextInt(4) == 0) nextAgent();
        }

        private void nextAgent() {
            asked.removeIf(a -> a.asking().isPending());
            world = World.after(world, manifest);
            heard = 0;
        }

        /** Does what the launcher was told, as an operating system would, with its moods. */
        private void react() {
            while (heard < world.launcher.calls.size()) {
                String call = world.launcher.calls.get(heard++);
                if (call.startsWith("launch")) launch();
                else if (call.startsWith("adopt")) adopt();
                else if (call.equals("killTree") && !alive.isEmpty()) end(alive.get(0), 137);
                else if (call.startsWith("signalTree") && !alive.isEmpty() && random.nextInt(3) != 0) {
                    end(alive.get(0), 143);
                }
            }
        }

        private void launch() {
            RunId run = world.launcher.run();
            assertThat(alive).as("copies at launch").isEmpty();
            if (random.nextInt(5) == 0) {
                world.launcher.tell(run, new Event.LaunchFailed(run, "no such file"));
                return;
            }
            if (random.nextInt(20) == 0) {
                // Killed between the fork and hearing of it.
                alive.add(new Alive(run, world.launcher.process()));
                nextAgent();
                return;
            }
            alive.add(new Alive(run, world.launcher.launched()));
        }

        private void adopt() {
            RunId run = world.launcher.run();
            Optional<Alive> found =
                    alive.stream().filter(a -> a.run().equals(run)).findFirst();
            Consumer<Event> tell = event -> world.launcher.tell(run, event);
            found.ifPresentOrElse(
                    a -> tell.accept(new Event.Adopted(run, a.process(), List.of())),
                    () -> tell.accept(new Event.AdoptionFailed(run, "gone")));
        }

        void check(String where) {
            assertThat(alive.size()).as("copies; %s", where).isLessThanOrEqualTo(1);
            ServiceStatus status = world.status();
            if (status.state() == ServiceStatus.State.RUNNING) {
                assertThat(alive).as("running and alive; %s", where).hasSize(1);
                assertThat(status.pid().getAsLong())
                        .isEqualTo(alive.get(0).process().pid());
            }
            if (status.state() == ServiceStatus.State.STOPPED || status.state() == ServiceStatus.State.BACKOFF) {
                assertThat(alive).as("%s and gone; %s", status.state(), where).isEmpty();
            }
            for (Asked one : asked) {
                assertThat(one.asking().outcomes.size())
                        .as("%s; %s", one.what(), where)
                        .isLessThanOrEqualTo(1);
            }
        }

        void withoutCommand() {
            for (int i = 0; i < 50; i++) {
                world.timers.advance(Duration.ofSeconds(5));
                react();
            }
        }

        void checkAnswers(String where) {
            for (Asked one : asked) {
                if (one.world() != world) continue;
                assertThat(one.asking().outcomes)
                        .as("%s is answered once; %s", one.what(), where)
                        .hasSize(1);
            }
        }
    }
}
