package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhyTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

    private final FleetView view = new FleetView(new FleetTopics("efka"));

    private void take(String topic, String text) {
        view.take(new Message(
                "efka/dev1/" + topic, text.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE));
    }

    private DeviceView device() {
        return view.device("dev1").orElseThrow();
    }

    private ServiceView camera() {
        return view.services(List.of(Target.ALL)).get(0);
    }

    private String why(String status) {
        take("status", "{\"online\":true}");
        take("svc/cam/status", status);
        return Why.of(camera(), NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"state\":\"running\",\"ready\":true}|''",
                "{\"state\":\"running\"}|not ready",
                "{\"state\":\"running\",\"ready\":true,\"health\":\"unhealthy\"}|unhealthy",
                "{\"state\":\"stopped\",\"cause\":{\"kind\":\"command\"}}|''",
                "{\"state\":\"stopped\",\"cause\":{\"kind\":\"exit\",\"code\":3}}|exited with code 3",
                "{\"state\":\"failed\",\"cause\":{\"kind\":\"exit\",\"signal\":\"KILL\"}}|ended by SIGKILL",
                "{\"state\":\"failed\",\"cause\":{\"kind\":\"exit\",\"signal\":\"KILL\",\"oom\":true}}|out of memory",
                "{\"state\":\"backoff\",\"crash_loop\":true,\"next_attempt_at\":\"2026-11-27T10:00:40Z\","
                        + "\"cause\":{\"kind\":\"exit\",\"code\":1}}|exited with code 1; crash loop; next try in 40s",
                "{\"state\":\"starting\",\"waiting_for\":[\"db\",\"net\"]}|waits for db, net",
                "{\"state\":\"running\",\"ready\":true,\"deploy\":{\"state\":\"downloading\",\"percent\":40}}"
                        + "|deploy downloading 40 %",
                "{\"state\":\"running\",\"ready\":true,\"deploy\":{\"state\":\"committed\"}}|''",
                "{\"state\":\"running\",\"ready\":true,\"holds\":[{\"reason\":\"x\"}]}|held",
                "{}|''",
            })
    void aServiceIsAsItIs(String status, String why) {
        assertThat(why(status)).isEqualTo(why);
    }

    @Test
    void anOfflineDeviceCannotSayOtherwise() {
        take("status", "{\"online\":false,\"reason\":\"lost\"}");
        take("svc/cam/status", "{\"state\":\"running\",\"ready\":true}");

        assertThat(Why.of(device())).isEqualTo("lost");
        assertThat(Why.of(camera(), NOW)).isEqualTo("the device is offline");
    }

    @Test
    void aDeviceOfWhichOnlyServicesAreKnownHasSaidNothing() {
        take("svc/cam/status", "{}");

        assertThat(Why.of(device())).isEqualTo("has said nothing of itself");
    }

    @Test
    void aDeviceThatIsRefusedSubscriptionsSaysSo() {
        take("status", "{\"online\":true,\"filters_refused\":{\"efka/group/all/cmd/#\":\"not authorised\"}}");

        assertThat(Why.of(device())).isEqualTo("the broker refuses subscriptions");
    }
}
