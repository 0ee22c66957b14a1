package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.Bundle;
import io.efka.it.Device;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The page as {@code efka dashboard} serves it, with a real broker and real agents. */
class DashboardIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Parts parts = new Parts();

    private WebBroker broker;
    private Device gate7;
    private Device gate8;
    private ServedPage page;
    private Browser browser;

    @BeforeEach
    void start() {
        Browser.need();
        Path home = Folders.create("page");
        parts.with(() -> Folders.delete(home));
        broker = parts.with(WebBroker.open());
        gate7 = parts.with(new Device(broker.broker(), "gate7")).start("--groups", "berlin");
        gate8 = parts.with(new Device(broker.broker(), "gate8")).start();
        gate7.run(Bundle.sleeper("cam"));
        gate7.install(Bundle.sleeper("door"));
        gate8.run(Bundle.sleeper("cam"));
        page = parts.with(ServedPage.of(home, broker));
        browser = parts.with(Browser.start()); // ends first: it would complain of a broker that is gone
        browser.size(1280, 800);
    }

    @AfterEach
    void stop() throws Exception {
        parts.close();
    }

    @Test
    void allDevicesAndServicesAreShownAsTheyChangeAndNothingElseIsAsked() {
        browser.open(page.address());
        browser.awaitText("gate7", "gate8", "2 devices, 3 services", "connected");
        browser.screenshot("fleet");

        browser.visit("#/?show=services");
        browser.awaitText(
                "3 services, on 2 devices", "gate7/cam", "gate7/door", "gate8/cam", "2 running", "1 not running");
        browser.screenshot("services");
        gate7.ask("door", "start", "");
        browser.awaitText("3 running", "0 not running");
        gate8.ask("cam", "remove", "");
        browser.awaitText("2 services, on 2 devices");
        browser.awaitNoText("gate8/cam");

        assertThat(browser.contacted())
                .containsExactlyInAnyOrder(
                        page.address().replaceAll("/$", ""), "ws://127.0.0.1:" + broker.webSocketPort());
    }

    @Test
    void aServiceIsRestartedFromThePageAndTheReplyIsShown() {
        long before = pid();
        browser.open(page.address() + "#/device/gate7/cam");
        browser.awaitText("running");

        browser.click(Browser.button("Restart…"));
        browser.click(By.cssSelector("dialog[open] button.primary"));

        Await.until("another process", SOON, () -> pid() != before);
        String reply = browser.find(By.cssSelector(".outcome.ok")).getText();
        assertThat(reply).contains("restart gate7/cam", "running, pid " + pid());
        browser.screenshot("restarted");
    }

    private long pid() {
        return gate7.awaitState("cam", "running").get("pid").getAsLong();
    }

    @Test
    void aStopAsksFirst() {
        long before = pid();
        browser.open(page.address() + "#/device/gate7/cam");
        browser.click(Browser.button("Stop…"));
        browser.find(By.cssSelector("dialog[open]"));
        browser.screenshot("stop-asks");
        browser.click(Browser.button("Cancel"));
        Await.until("the question is gone", SOON, () -> !browser.has(By.cssSelector("dialog")));
        assertThat(pid()).isEqualTo(before);

        browser.click(Browser.button("Stop…"));
        browser.click(By.cssSelector("dialog[open] button.primary"));

        gate7.awaitState("cam", "stopped");
        browser.awaitText("stopped");
    }

    @Test
    void aBrokerThatIsLostIsSaidAndThePageComesBackComplete() {
        browser.expectComplaint("WebSocket connection to 'ws://127.0.0.1:" + broker.webSocketPort());
        browser.open(page.address() + "#/?show=services");
        browser.awaitText("3 services, on 2 devices");

        broker.broker().kill();
        browser.awaitText("No connection to the broker, so what is shown may be old", "Try now");
        browser.screenshot("broker-lost");
        gate7.agent().terminate(); // the new broker never hears of it, so the page must not keep it
        broker.broker().start();

        browser.awaitNoText("No connection to the broker");
        browser.awaitText("1 service, on 1 device", "gate8/cam");
        browser.awaitNoText("gate7");
    }
}
