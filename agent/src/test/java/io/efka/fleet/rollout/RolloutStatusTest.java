package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.deviceBetween;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code efka rollout status}, of a rollout that somebody else steers. */
@Timeout(30)
final class RolloutStatusTest {
    private static final DeviceId DEVICE = deviceBetween("0", "10", 0);
    private static final String STATUS = "efka/" + DEVICE + "/status";
    private static final String BIRTH = "{\"online\":true,\"services\":{\"running\":1}}";

    private final FakeFleetBroker broker = new FakeFleetBroker();
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void publish() {
        publish(running(1, "10"));
        report(11, "done");
        broker.retain(STATUS, BIRTH);
        broker.retain(
                "efka/" + DEVICE + "/svc/camera/status",
                "{\"desired\":\"running\",\"state\":\"running\",\"ready\":true}");
    }

    private void publish(Rollout rollout) {
        broker.retain("efka/group/all/desired/camera", new String(rollout.encode(), StandardCharsets.UTF_8));
    }

    private void report(long revision, String state) {
        broker.retain(
                "efka/" + DEVICE + "/reported/camera",
                "{\"source\":\"group/all\",\"revision\":" + revision + ",\"track\":\"candidate\",\"state\":\"" + state
                        + "\"}");
    }

    private ExitCode follow() throws Exception {
        FleetSession session = broker.connected();
        session.outlivesLosses();
        var output = new Rollouts.Output() {
            @Override
            public void print(String line) {
                lines.add(line);
            }

            @Override
            public void say(String line) {
                lines.add(line);
            }
        };
        Rollouts.Sessions none = id -> {
            throw new AssertionError("a status needs no other connection");
        };
        var operator = new Rollouts.Operator("ben@ops", "c1");
        return new Rollouts(session, none, InstantSource.system(), operator, output)
                .status(Optional.of(GroupId.ALL), "camera", true, false);
    }

    private void pauseAfter(Duration time) {
        broker.after(time, () -> publish(rollout(new Paused(new Reason("ana@ops", "wait")), 1, "10", policy())));
    }

    @Test
    void endsWhenSomebodyPausesTheRolloutAndAsksTheBrokerForNothingMeanwhile() throws Exception {
        pauseAfter(Duration.ofMinutes(10));

        assertThat(follow()).isEqualTo(ExitCode.OK);

        assertThat(lines).anyMatch(line -> line.contains("paused"));
        assertThat(broker.subscribed()).hasSizeLessThan(15);
    }

    @Test
    void followsDevicesAndTheDocumentAfterALostConnection() throws Exception {
        broker.after(Duration.ofSeconds(5), broker::cut);
        broker.after(Duration.ofSeconds(10), () -> publish(rollout(new Running(), 1, "10", policy())));
        broker.after(Duration.ofSeconds(20), () -> report(12, "done"));
        pauseAfter(Duration.ofMinutes(10));

        assertThat(follow()).isEqualTo(ExitCode.OK);

        assertThat(lines).noneMatch(line -> line.contains("1 failed")).anyMatch(line -> line.contains("1 done"));
    }

    @Test
    void doesNotCallADeviceFailedThatComesBackAfterTheBroker() throws Exception {
        report(12, "applying");
        broker.after(Duration.ofSeconds(5), () -> {
            broker.retain(STATUS, "{\"online\":false,\"reason\":\"lost\"}");
            broker.cut();
        });
        broker.after(Duration.ofSeconds(12), () -> broker.retain(STATUS, BIRTH));
        pauseAfter(Duration.ofMinutes(1));

        follow();

        assertThat(lines).noneMatch(line -> line.contains("1 failed"));
    }

    @Test
    void saysThatAPartOfTheGroupIsNotKnown() throws Exception {
        broker.refusingFilters(filter -> {
            if (filter.equals("efka/+/status")) broker.stall(Duration.ofSeconds(5));
            return false;
        });
        pauseAfter(Duration.ofMinutes(1));

        follow();

        assertThat(lines).anyMatch(line -> line.startsWith("not all of group all may be known"));
    }
}
