package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The page where the broker asks who somebody is. */
class DashboardAccountsIT {
    private static final String PASSWORD = "S3cret-of-the-fleet";
    private static final By CONNECT = Browser.button("Connect");
    private static final By USERNAME = Browser.field("Username");
    private static final By SECRET = Browser.field("Password");

    private final Parts parts = new Parts();

    private Path home;
    private Watcher admin;
    private ServedPage page;
    private Browser browser;

    @BeforeEach
    void start() throws IOException {
        Browser.need();
        home = Folders.create("accounts");
        parts.with(() -> Folders.delete(home));
        Path acl = Files.writeString(
                home.resolve("acl"), "user admin\ntopic readwrite #\n\nuser viewer\ntopic read efka/#\n");
        WebBroker broker = parts.with(WebBroker.withAccounts(home, PASSWORD, acl, "admin", "viewer"));
        admin = parts.with(Watcher.as("admin", PASSWORD, broker.broker(), "replies", "efka/#"));
        retain("efka/gate7/status", "{\"online\":true,\"v\":1,\"groups\":[\"all\"],\"services\":{\"running\":1}}");
        retain("efka/gate7/svc/cam/status", "{\"v\":1,\"service\":\"cam\",\"state\":\"running\",\"pid\":7}");
        page = parts.with(ServedPage.of(home, broker));
        browser = parts.with(Browser.start());
        browser.size(1280, 800);
    }

    private void retain(String topic, String text) {
        admin.publish(topic, text.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    @AfterEach
    void stop() throws Exception {
        parts.close();
    }

    private void connect(String user, String password) {
        browser.fill(USERNAME, user);
        browser.fill(SECRET, password);
        browser.click(CONNECT);
    }

    private String kept() {
        return browser.run("return JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])")
                .toString();
    }

    @Test
    void aWrongPasswordIsSaidAndCanBeCorrected() {
        browser.open(page.address());
        browser.awaitText("not authorized", "Password");
        connect("viewer", "wrong");
        Await.until("the refusal", Duration.ofSeconds(30), () -> browser.has(By.cssSelector("[role=alert]")));
        browser.awaitText("not authorized");
        browser.screenshot("wrong-password");
        assertThat(browser.find(USERNAME).getAttribute("value")).isEqualTo("viewer");

        connect("viewer", PASSWORD);

        browser.awaitText("gate7", "1 device, 1 service");
    }

    @Test
    void credentialsAreForgottenUnlessThePageIsAskedToKeepThem() {
        browser.open(page.address());
        browser.awaitText("Password");
        connect("viewer", PASSWORD);
        browser.awaitText("gate7");
        assertThat(kept()).doesNotContain(PASSWORD, "viewer");
        browser.open("about:blank");
        browser.open(page.address());
        browser.awaitText("not authorized");
        assertThat(browser.find(SECRET).getAttribute("value")).isEmpty();

        browser.click(Browser.field("Keep them in this browser"));
        connect("viewer", PASSWORD);
        browser.awaitText("gate7");
        browser.open("about:blank");
        browser.open(page.address());
        browser.awaitText("gate7");
        assertThat(kept()).contains(PASSWORD);
    }

    @Test
    void whatIsKeptForOneBrokerIsNotSentToAnotherOneThatIsServedAtTheSameAddress() throws Exception {
        browser.open(page.address());
        browser.awaitText("Password");
        browser.click(Browser.field("Keep them in this browser"));
        connect("viewer", PASSWORD);
        browser.awaitText("gate7");
        page.close();

        try (WebBroker other = WebBroker.open();
                var again = ServedPage.of(home, other, page.address().replaceAll("^http://|/$", ""))) {
            browser.open("about:blank");
            browser.open(again.address());
            browser.awaitText("connected", "The broker has no device");
            browser.click(By.cssSelector(".link-state"));
            assertThat(browser.find(USERNAME).getAttribute("value")).isEmpty();
            assertThat(browser.find(SECRET).getAttribute("value")).isEmpty();
            browser.open("about:blank"); // before that broker goes
        }
    }

    @Test
    void anAccountThatMayOnlyReadSeesAllAndIsRefusedToCommand() {
        browser.open(page.address() + "#/device/gate7/cam");
        browser.awaitText("Password");
        connect("viewer", PASSWORD);
        browser.awaitText("running");

        browser.click(Browser.button("Restart…"));
        browser.click(By.cssSelector("dialog[open] button.primary"));

        assertThat(browser.find(By.cssSelector(".outcome.failed")).getText()).contains("not authorized");
        assertThat(admin.all()).noneMatch(message -> message.topic().contains("/cmd/"));
        browser.screenshot("read-only");
    }
}
