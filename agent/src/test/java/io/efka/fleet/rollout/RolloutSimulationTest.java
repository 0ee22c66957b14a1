package io.efka.fleet.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.rollout.Policy.OnFailure;
import io.efka.fleet.rollout.RolloutStart.NotNowException;
import io.efka.protocol.Topics.GroupId;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rollouts with seeded chance: devices that are bad, slow, away and late, and controllers that are killed, or two at once. */
final class RolloutSimulationTest {
    private static final int DEVICES = 40;
    private static final int LIMIT = 20_000;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    /** Where a controller is killed, beside one publication. */
    private enum Death {
        NONE,
        BEFORE_PUBLISHING,
        AFTER_PUBLISHING
    }

    /** One command that steers; what a shell does with the values, without a broker. */
    private static final class Controller {
        private final SimulatedFleet fleet;
        private final String id;
        private final RolloutWatch watch;
        private Rollout rollout;
        private Death death = Death.NONE;
        private boolean isOver;

        Controller(SimulatedFleet fleet, String id, Rollout rollout) {
            this.fleet = fleet;
            this.id = id;
            this.rollout = rollout;
            this.watch = new RolloutWatch(fleet.isBrokerRestarted());
        }

        void tell(RolloutEvent event) {
            RolloutStep step = rollout.on(event, at(fleet));
            for (RolloutEffect effect : step.effects()) {
                if (isOver) return;
                if (effect instanceof RolloutEffect.Publish) publish(step.next());
                else isOver = true;
            }
            if (!isOver) rollout = step.next();
        }

        private void publish(Rollout next) {
            if (death == Death.BEFORE_PUBLISHING || !fleet.publish(id, next)) isOver = true;
            if (death == Death.AFTER_PUBLISHING) isOver = true;
        }

        void look() {
            tell(new RolloutEvent.Assessed(watch.assess(rollout, fleet.facts(), fleet.nanos())));
        }
    }

    private static Instant at(SimulatedFleet fleet) {
        return Samples.NOW.plusNanos(fleet.nanos());
    }

    private static SimulatedFleet fleet(Random chance, int bad) {
        var fleet = new SimulatedFleet();
        for (int i = 0; i < DEVICES; i++) fleet.add(i >= bad, 1 + chance.nextInt(30));
        for (int i = 0; i < 3; i++) fleet.second();
        return fleet;
    }

    private static Controller start(SimulatedFleet fleet, OnFailure onFailure) throws NotNowException {
        var start = new RolloutStart(
                GroupId.ALL,
                "camera",
                new RolloutFile(Samples.release(SimulatedFleet.NEW), Samples.json("{}")),
                Optional.empty(),
                Samples.policy("10%", "25%", onFailure),
                Optional.of("salt"));
        Rollout first = start.begin(fleet.document(), 0, Set.of("camera"), "ana", "c0", at(fleet));
        fleet.connect("c0");
        return new Controller(fleet, "c0", first);
    }

    private static Controller takeOver(SimulatedFleet fleet, int number, RolloutEvent event) {
        String id = "c" + number;
        Rollout found = fleet.connect(id).orElseThrow();
        var controller = new Controller(fleet, id, found.controlledBy("ben", id));
        controller.tell(event);
        return controller;
    }

    private interface Meanwhile {
        void happens(Controller controller);
    }

    /** Until the rollout is over; whoever is gone is replaced, and what its limits stopped is aborted. */
    private static void run(SimulatedFleet fleet, Controller first, Meanwhile meanwhile) {
        Controller controller = first;
        for (int second = 0; second < LIMIT; second++) {
            fleet.second();
            meanwhile.happens(controller);
            if (!controller.isOver) controller.look();
            if (!controller.isOver) continue;
            Optional<Rollout> left = fleet.rollout();
            if (left.isEmpty()) {
                // Killed before anything was published: the operator starts again.
                controller = new Controller(fleet, "c" + second, first.rollout);
                fleet.connect(controller.id);
                continue;
            }
            RolloutState state = left.get().plan().state();
            if (state.isOver()) return;
            RolloutEvent next =
                    state instanceof Paused ? new RolloutEvent.AbortAsked(Samples.ANA) : new RolloutEvent.ResumeAsked();
            controller = takeOver(fleet, second + 1, next);
        }
        throw new AssertionError("not over after " + LIMIT + " s: " + fleet.rollout());
    }

    private record End(String state, SortedMap<String, String> releases) {}

    private static End end(SimulatedFleet fleet) {
        fleet.settle();
        assertThat(fleet.broken()).isEmpty();
        String state = fleet.rollout().orElseThrow().plan().state().word();
        SortedMap<String, String> releases = fleet.releases();
        if (state.equals("aborted")) assertThat(releases.values()).containsOnly(SimulatedFleet.OLD);
        return new End(state, releases);
    }

    private static End run(long seed, Meanwhile meanwhile) throws NotNowException {
        var chance = new Random(seed);
        SimulatedFleet fleet = fleet(chance, bad(seed));
        run(fleet, start(fleet, onFailure(seed)), meanwhile);
        return end(fleet);
    }

    private static int bad(long seed) {
        return (int) (seed % 3 == 0 ? 0 : seed % 8);
    }

    private static OnFailure onFailure(long seed) {
        return seed % 2 == 0 ? OnFailure.PAUSE : OnFailure.ROLLBACK;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theEndIsTheSameWhereverControllersAreKilled(long seed) throws NotNowException {
        End undisturbed = run(seed, controller -> {});
        if (bad(seed) == 0) {
            assertThat(undisturbed.state()).isEqualTo("succeeded");
            assertThat(undisturbed.releases().values()).containsOnly(SimulatedFleet.NEW);
        }
        if (bad(seed) > DEVICES / 8) assertThat(undisturbed.state()).isEqualTo("aborted");
        var chance = new Random(seed + 1000);
        // Seldom enough that a device can settle between two deaths.
        End disturbed = run(seed, controller -> {
            if (chance.nextInt(100) == 0) controller.isOver = true;
            if (controller.death == Death.NONE && chance.nextInt(200) == 0) {
                controller.death = chance.nextBoolean() ? Death.BEFORE_PUBLISHING : Death.AFTER_PUBLISHING;
            }
        });
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theEndIsTheSameWhereverTheBrokerIsRestarted(long seed) throws NotNowException {
        End undisturbed = run(seed, controller -> {});
        var chance = new Random(seed + 4000);
        End disturbed = run(seed, controller -> {
            if (chance.nextInt(100) > 0) return;
            controller.fleet.restartBroker(chance);
            controller.isOver = true;
        });
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theEndIsTheSameWithTwoControllersAtOnce(long seed) throws NotNowException {
        End alone = run(seed, controller -> {});
        var chance = new Random(seed + 2000);
        var rival = new Object() {
            Optional<Controller> controller = Optional.empty();
        };
        End together = run(seed, controller -> {
            if (chance.nextInt(150) == 0 && controller.fleet.rollout().isPresent()) {
                // The one before does not know yet that it was thrown out, and goes on as long as it can.
                rival.controller = Optional.of(new Controller(controller.fleet, controller.id, controller.rollout));
                controller.isOver = true;
            }
            rival.controller.filter(old -> !old.isOver).ifPresent(Controller::look);
        });
        assertThat(together).isEqualTo(alone);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void devicesThatComeAndGoHoldNothingUpAndFollow(long seed) throws NotNowException {
        var chance = new Random(seed + 3000);
        SimulatedFleet fleet = fleet(chance, bad(seed));
        var late = new Object() {
            int left = 5;
        };
        run(fleet, start(fleet, onFailure(seed)), controller -> {
            fleet.churn(chance);
            if (late.left > 0 && chance.nextInt(50) == 0) {
                late.left--;
                fleet.add(true, 5);
            }
            if (chance.nextInt(200) == 0) controller.isOver = true;
        });
        End end = end(fleet);
        if (end.state().equals("succeeded")) {
            fleet.devices.forEach(device -> assertThat(device.release())
                    .as(device.id.value())
                    .isEqualTo(
                            device.facts().report().orElseThrow().isDone() ? SimulatedFleet.NEW : SimulatedFleet.OLD));
        } else {
            assertThat(end.state()).isEqualTo("aborted");
        }
    }
}
