package io.efka.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium of its own, with a new profile. It resolves no name, so that it reaches this machine only; what it asks for
 * all the same is recorded. When it is closed, anything that the page complained of in the console fails the test.
 */
public final class Browser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path profile = Folders.create("browser");
    private final ChromeDriverService service;
    private final Chromium driver;
    private final List<String> complaints = new ArrayList<>();
    private final List<Predicate<String>> expected = new ArrayList<>();
    private final List<URI> requests = new ArrayList<>();

    private Browser(Path chromium, Path chromedriver) throws IOException {
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        var options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // root has none
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--user-data-dir=" + profile);
        service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .usingAnyFreePort()
                .withLogFile(profile.resolve("chromedriver.log").toFile())
                .build();
        service.start();
        driver = new Chromium(service.getUrl(), options);
        driver.manage().timeouts().scriptTimeout(SOON);
        driver.get("about:blank");
        drain();
        requests.clear(); // those of the start page of the distribution
        complaints.clear();
    }

    /** Where there is none, the test is left out, or fails with {@code -Defka.browser=required}. */
    public static void need() {
        boolean isThere = chromium().isPresent() && chromedriver().isPresent();
        String missing = "no chromium, or no chromedriver, on the PATH";
        if (!isThere && "required".equals(System.getProperty("efka.browser"))) throw new AssertionError(missing);
        if (!isThere) System.out.println("[browser] " + missing + ": the page is not tried");
        Assumptions.assumeTrue(isThere, missing);
    }

    public static Browser start() {
        try {
            return new Browser(chromium().orElseThrow(), chromedriver().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> chromium() {
        return onPath("chromium", "chromium-browser", "google-chrome");
    }

    private static Optional<Path> chromedriver() {
        return onPath("chromedriver");
    }

    private static Optional<Path> onPath(String... programs) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> Stream.of(programs).map(program -> Path.of(folder, program)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public void open(String address) {
        driver.get(address);
    }

    /** Another view of the page that is open, as by a link. */
    public void visit(String hash) {
        run("location.hash = arguments[0]", hash);
    }

    /** Of the page itself, which no window can be as small as. */
    public void size(int width, int height) {
        driver.devtools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** A command of Chromium's own protocol, and its result. */
    public Map<String, Object> devtools(String command) {
        return driver.devtools(command, Map.of());
    }

    /** From now on, as if the person preferred it. */
    void theme(String lightOrDark) {
        Map<String, String> preference = Map.of("name", "prefers-color-scheme", "value", lightOrDark);
        driver.devtools("Emulation.setEmulatedMedia", Map.of("features", List.of(preference)));
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** The same for a script that is done when it calls its last argument. */
    public String runUntilDone(String script) {
        return String.valueOf(driver.executeAsyncScript(script));
    }

    /** Waits until the page has drawn what it knows: two frames, since it draws in the first one after a change. */
    public void drawn() {
        runUntilDone("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done('')))");
    }

    /** What a person can read. */
    String text() {
        return String.valueOf(run("return document.body.innerText"));
    }

    /** Waits until a person can read all of this. */
    public void awaitText(String... wanted) {
        Await.until(
                () -> "the page says " + List.of(wanted) + ":\n" + text(),
                SOON,
                () -> Stream.of(wanted).allMatch(text()::contains));
    }

    void awaitNoText(String unwanted) {
        Await.until(
                () -> "the page does not say \"" + unwanted + "\" any more:\n" + text(),
                SOON,
                () -> !text().contains(unwanted));
    }

    /** The first element that is shown, once it is there. */
    WebElement find(By by) {
        return Await.value(() -> by + " in\n" + text(), SOON, () -> shown(by).findFirst());
    }

    boolean has(By by) {
        return shown(by).findAny().isPresent();
    }

    private Stream<WebElement> shown(By by) {
        return driver.findElements(by).stream().filter(Browser::isShown);
    }

    private static boolean isShown(WebElement element) {
        try {
            return element.isDisplayed();
        } catch (StaleElementReferenceException e) {
            return false;
        }
    }

    /** Clicks the first that is shown; once more if the page has just drawn it anew. */
    void click(By by) {
        Await.until(() -> "a click on " + by + " in\n" + text(), SOON, () -> {
            try {
                Optional<WebElement> found = shown(by).findFirst();
                found.ifPresent(WebElement::click);
                return found.isPresent();
            } catch (StaleElementReferenceException e) {
                return false;
            }
        });
    }

    /** A button by what it says, or is called. */
    static By button(String name) {
        return By.xpath("//button[normalize-space()=%1$s or @aria-label=%1$s]".formatted(quoted(name)));
    }

    static By link(String name) {
        return By.xpath("//a[normalize-space()=%s]".formatted(quoted(name)));
    }

    /** The field that a label belongs to. */
    static By field(String label) {
        return By.xpath("//label[contains(normalize-space(), %s)]//*[self::input or self::select or self::textarea]"
                .formatted(quoted(label)));
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** Puts this in the place of what a field has. */
    void fill(By field, String text) {
        WebElement element = find(field);
        element.clear();
        element.sendKeys(text);
    }

    /** Kept for a person to look at. */
    Path screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            return Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the page may complain of this. */
    void expectComplaint(String part) {
        expected.add(complaint -> complaint.contains(part));
    }

    /** The hosts and ports that were asked for anything, over any protocol. */
    Set<String> contacted() {
        drain();
        var hosts = new TreeSet<String>();
        requests.forEach(uri -> hosts.add(uri.getScheme() + "://" + uri.getAuthority()));
        return hosts;
    }

    private void drain() {
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) complaints.add(entry.getMessage());
        }
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            JsonObject message =
                    JsonParser.parseString(entry.getMessage()).getAsJsonObject().getAsJsonObject("message");
            JsonObject parameters = message.getAsJsonObject("params");
            switch (message.get("method").getAsString()) {
                case "Network.requestWillBeSent" ->
                    request(parameters.getAsJsonObject("request").get("url").getAsString());
                case "Network.webSocketCreated" -> request(parameters.get("url").getAsString());
                default -> {}
            }
        }
    }

    private void request(String url) {
        if (!url.startsWith("data:") && !url.startsWith("about:")) requests.add(URI.create(url));
    }

    /** Fails if the page has complained of anything that was not expected. */
    void assertNoComplaint() {
        drain();
        assertThat(complaints)
                .filteredOn(complaint -> expected.stream().noneMatch(one -> one.test(complaint)))
                .as("what the page complained of")
                .isEmpty();
    }

    @Override
    public void close() {
        try {
            assertNoComplaint();
        } finally {
            driver.quit();
            service.stop();
            Folders.delete(profile);
        }
    }
}
