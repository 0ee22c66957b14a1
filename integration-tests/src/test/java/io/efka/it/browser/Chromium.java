package io.efka.it.browser;

import java.net.URL;
import java.util.Map;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.remote.CommandInfo;
import org.openqa.selenium.remote.HttpCommandExecutor;
import org.openqa.selenium.remote.RemoteWebDriver;
import org.openqa.selenium.remote.http.HttpMethod;

/** A session with a chromedriver that runs. Selenium's own class for it needs its manager of drivers, which could fetch some. */
final class Chromium extends RemoteWebDriver {
    private static final String DEVTOOLS = "executeCdpCommand";

    Chromium(URL chromedriver, ChromeOptions options) {
        super(
                new HttpCommandExecutor(
                        Map.of(DEVTOOLS, new CommandInfo("/session/:sessionId/goog/cdp/execute", HttpMethod.POST)),
                        chromedriver),
                options);
    }

    /** A command of Chromium's own protocol, and its result. */
    @SuppressWarnings("unchecked")
    Map<String, Object> devtools(String command, Map<String, ?> parameters) {
        return (Map<String, Object>)
                execute(DEVTOOLS, Map.of("cmd", command, "params", parameters)).getValue();
    }
}
