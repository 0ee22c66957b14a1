package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of {@code efka demo}, opened as its screen says. */
class DemoPageIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void thePageThatTheDemoNamesShowsItsDevice() {
        Browser.need();
        Path folder = Folders.create("demo-page");
        try (AgentProcess demo =
                AgentProcess.demo(folder.resolve("out"), "--port", "0", "--ws-port", "0", "--page-port", "0")) {
            Await.until("the demo invites", SOON, () -> demo.log().contains("Ctrl-C ends it all."));
            Matcher address =
                    Pattern.compile("Open (http://\\S+/) in a browser").matcher(demo.log());
            assertThat(address.find()).as(demo.log()).isTrue();
            assertThat(demo.log().indexOf("Open http")).isLessThan(demo.log().indexOf("mosquitto_"));
            look(address.group(1));
        } finally {
            Folders.delete(folder);
        }
    }

    private static void look(String address) {
        try (Browser browser = Browser.start()) {
            browser.size(1280, 800);
            browser.open(address);
            browser.awaitText("demo", "1 device, 5 services");
            browser.visit("#/?show=services");
            browser.awaitText("demo/chatty", "demo/crashy", "demo/grumbler", "demo/thermo", "demo/webby");
            browser.screenshot("demo");
            assertThat(browser.contacted())
                    .contains(address.replaceAll("/$", ""))
                    .allMatch(host -> host.contains("://127.0.0.1:"))
                    .hasSize(2);
        }
    }
}
