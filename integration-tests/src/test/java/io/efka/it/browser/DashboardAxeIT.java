package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Folders;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Watcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** Every view by axe-core, which finds what keeps people with disabilities out: in light and dark, on a desk and on a phone. */
class DashboardAxeIT {
    private final Parts parts = new Parts();

    private Watcher fleet;
    private Browser browser;

    @BeforeEach
    void start() {
        Browser.need();
        Path home = Folders.create("axe");
        parts.with(() -> Folders.delete(home));
        WebBroker broker = parts.with(WebBroker.open());
        fleet = parts.with(new Watcher(broker.broker()));
        pretend();
        Device device = parts.with(new Device(broker.broker(), "gate7")).start("--groups", "berlin");
        device.run(Bundle.script(
                "cam", "n=0", "while :; do n=$((n+1)); echo \"picture $n\"; echo oops >&2; sleep 1; done"));
        device.install(Bundle.sleeper("door"));
        ServedPage page = parts.with(ServedPage.of(home, broker));
        browser = parts.with(Browser.start());
        browser.size(1280, 800);
        browser.open(page.address());
        browser.awaitText("gate7");
    }

    /** Devices and services in all the states that colours are for. */
    private void pretend() {
        retain("efka/gate1/status", "{\"online\":false,\"reason\":\"lost\",\"at\":\"2026-11-27T10:00:00Z\"}");
        retain("efka/gate2/status", "{\"online\":false,\"reason\":\"shutdown\",\"at\":\"2026-11-27T10:00:00Z\"}");
        retain("efka/gate3/status", "{\"online\":true,\"groups\":[\"all\",\"berlin\"],\"services\":{\"running\":9}}");
        for (String state : List.of(
                "running",
                "completed",
                "scheduled",
                "stopped",
                "starting",
                "stopping",
                "backoff",
                "failed",
                "new-one")) {
            retain(
                    "efka/gate3/svc/" + state + "/status",
                    "{\"state\":\"%s\",\"ready\":true,\"restarts\":3,\"release\":\"1.0-25d74286\",\"since\":\"2026-11-27T10:00:00Z\",\"cause\":{\"kind\":\"exit\",\"message\":\"exit code 3\"}}"
                            .formatted(state));
        }
        retain(
                "efka/group/berlin/desired/camera",
                "{\"v\":1,\"revision\":3,\"services\":{\"camera\":{\"release\":\"1.1\"}},\"rollout\":{\"id\":\"r1\",\"state\":\"running\",\"step\":1}}");
    }

    private void retain(String topic, String text) {
        fleet.publish(topic, text.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    @AfterEach
    void stop() throws Exception {
        parts.close();
    }

    /** What is looked at, by a name for its pictures. */
    private static Map<String, String> views() {
        var views = new LinkedHashMap<String, String>();
        views.put("fleet", "#/");
        views.put("services", "#/?show=services");
        views.put("nothing", "#/?q=nothing-like-it");
        views.put("events", "#/events");
        views.put("rollouts", "#/rollouts");
        views.put("rollout", "#/rollouts/berlin/camera");
        views.put("device", "#/device/gate7");
        views.put("service", "#/device/gate7/cam");
        views.put("lost", "#/device/gate1");
        views.put("unknown", "#/device/nobody");
        return views;
    }

    @Test
    void noViewHasAViolation() throws IOException {
        String axe = axe();
        var violations = new ArrayList<String>();
        for (int width : List.of(1280, 360)) {
            browser.size(width, 800);
            for (String theme : List.of("light", "dark")) {
                browser.theme(theme);
                views().forEach((name, address) -> {
                    browser.visit(address);
                    browser.drawn();
                    check(axe, name + "-" + theme + "-" + width, violations);
                });
                browser.visit("#/device/gate7/cam");
                browser.click(Browser.button("Stop…"));
                check(axe, "question-" + theme + "-" + width, violations);
                browser.click(Browser.button("Cancel"));
                browser.click(By.cssSelector(".link-state"));
                check(axe, "connect-" + theme + "-" + width, violations);
                browser.click(Browser.button("Cancel"));
            }
        }
        assertThat(violations).isEmpty();
    }

    private void check(String axe, String name, List<String> violations) {
        browser.screenshot("axe-" + name);
        String found = browser.runUntilDone(axe + """
                ;
                const done = arguments[arguments.length - 1];
                axe.run(document).then(
                  (result) => done(result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`)).join('\\n')),
                  (failure) => done(`axe failed: ${failure}`));
                """);
        found.lines().forEach(line -> violations.add(name + ": " + line));
    }

    private static String axe() throws IOException {
        try (InputStream in = Objects.requireNonNull(DashboardAxeIT.class.getResourceAsStream("/axe.min.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
