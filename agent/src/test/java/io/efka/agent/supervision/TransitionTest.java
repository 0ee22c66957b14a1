package io.efka.agent.supervision;

import static io.efka.fixtures.Manifests.draft;
import static io.efka.fixtures.Manifests.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Exit;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TransitionTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final World world = World.with(manifest("camera"));

    @Test
    void aCommandIsNamedWithItsId() {
        world.running();
        assertThat(lines(world))
                .contains(
                        "INFO service=camera state=STOPPED->STARTING by command, id id-1",
                        "INFO service=camera state=STARTING->RUNNING by command, id id-1, pid 100");
    }

    @Test
    void aCrashIsAWarningWithItsCodeAndTheNextStart() {
        world.running();
        world.exits(3);
        assertThat(last(world))
                .startsWith("WARN service=camera state=RUNNING->BACKOFF exited with code 3, starts again in ");
    }

    @Test
    void anOutOfMemoryKillSaysSo() {
        world.running();
        killed(true);
        assertThat(last(world)).startsWith("WARN").contains("killed by the kernel for want of memory (OOM)");
    }

    @Test
    void anyOtherKillIsNotTakenForWantOfMemory() {
        world.running();
        killed(false);
        assertThat(last(world))
                .startsWith("WARN")
                .contains("was ended by signal KILL")
                .doesNotContain("OOM");
    }

    @Test
    void aCrashLoopIsAWarningOfItsOwn() {
        world.running();
        for (int i = 0; i < 6; i++) {
            world.exits(1);
            world.timers.advance(Duration.ofMinutes(1));
            world.settles();
        }
        assertThat(lines(world))
                .anyMatch(line -> line.startsWith("WARN service=camera crash loop: it failed more than 5 times"));
    }

    @Test
    void aOneshotThatTookTooLongIsAWarning() {
        World world = tooLong(new Manifest.Oneshot(Optional.of(MINUTE), Optional.empty()));
        assertThat(lines(world)).anyMatch(line -> line.startsWith("WARN") && line.contains("run timeout"));
    }

    @Test
    void aScheduledOneshotThatTookTooLongIsAWarning() {
        var hourly = new Manifest.ScheduleRule(new Schedule.Every(Duration.ofHours(1)), Duration.ZERO, false);
        World world = tooLong(new Manifest.Oneshot(Optional.of(MINUTE), Optional.of(hourly)));
        assertThat(lines(world)).anyMatch(line -> line.startsWith("WARN") && line.contains("run timeout"));
    }

    private static World tooLong(Manifest.Oneshot oneshot) {
        World world = World.with(draft("camera").oneshot(oneshot).build());
        world.ask(Event.StartAsked::new);
        if (oneshot.schedule().isPresent()) world.advance("1H");
        world.settles();
        world.timers.advance(MINUTE);
        world.exits(0);
        return world;
    }

    @Test
    void anAdoptedProcessDoesNotReadLikeARestart() {
        var process = world.running();
        World later = World.after(world, manifest("camera"));
        later.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
        assertThat(last(later))
                .startsWith(
                        "INFO service=camera state=STARTING->RUNNING found alive after the agent's restart; the service"
                                + " itself was not restarted");
    }

    private void killed(boolean oom) {
        var exit = new Exit(OptionalInt.empty(), Optional.of(Signal.KILL), oom, world.timers.now(), "secret output");
        world.launcher.tell(new Event.Exited(world.launcher.run(), exit, true));
    }

    private static String last(World world) {
        List<String> lines = lines(world);
        return lines.get(lines.size() - 1);
    }

    private static List<String> lines(World world) {
        var lines = new ArrayList<String>();
        IntStream.range(1, world.announced.size()).forEach(i -> {
            var transition = new Transition(world.announced.get(i - 1), world.announced.get(i));
            String level = transition.isWarning() ? "WARN " : "INFO ";
            transition.sentence(world.timers.now()).ifPresent(line -> lines.add(level + line));
            transition.crashLoop(Duration.ofMinutes(10)).ifPresent(line -> lines.add(level + line));
        });
        assertThat(lines).noneMatch(line -> line.contains("secret output") || line.contains("TimerFired"));
        return lines;
    }
}
