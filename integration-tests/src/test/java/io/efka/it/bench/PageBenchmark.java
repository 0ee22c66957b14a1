package io.efka.it.bench;

import io.efka.it.AgentProcess;
import io.efka.it.browser.Browser;
import io.efka.it.browser.WebBroker;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/**
 * The page in a headless Chromium, which draws with the processor: how large it is, how soon it has a fleet of 1,000 devices
 * with 5,000 services, how smoothly it draws while 200 of them change every second, and while a service writes 10,000 lines a
 * second into the view that is open. Needs {@code chromium} and {@code chromedriver}.
 */
final class PageBenchmark implements Benchmark {
    private static final int DEVICES = 1_000;
    private static final int SERVICES = 5;
    private static final int CHANGES_A_SECOND = 200;
    private static final int MAX_BYTES = 150 * 1024;
    private static final int MAX_ZIPPED = 50 * 1024;
    private static final double FRAMES = 20;
    private static final int LINES_A_MESSAGE = 50;
    private static final int MESSAGES_A_SECOND = 200;

    private static final Map<String, String> VIEWS = Map.of(
            "fleet", "#/",
            "services", "#/?show=services",
            "trouble first", "#/?order=trouble",
            "a device", "#/device/device-0",
            "a service", "#/device/device-0/service-0",
            "events", "#/events",
            "rollouts", "#/rollouts");

    @Override
    public String name() {
        return "page";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        try (WebBroker broker = WebBroker.open()) {
            Process dashboard = setup.script(
                            AgentProcess.WHOLE_JAR,
                            "dashboard",
                            "--listen",
                            "127.0.0.1:0",
                            "--broker",
                            broker.address())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = dashboard.inputReader()) {
                String page = out.readLine();
                var rows = new ArrayList<Row>(size(page));
                rows.addAll(fleet(setup, broker, page));
                rows.addAll(output(setup, broker, page));
                return rows;
            } finally {
                dashboard.destroy();
                dashboard.waitFor();
            }
        }
    }

    private static List<Row> size(String page) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(page)).build();
        byte[] file = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        var zipped = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(zipped)) {
            zip.write(file);
        }
        return List.of(
                Row.atMost("the page, all of it", file.length, MAX_BYTES, " bytes", "", 1),
                Row.atMost("the same, gzipped", zipped.size(), MAX_ZIPPED, " bytes", "", 1));
    }

    private List<Row> fleet(BenchSetup setup, WebBroker broker, String page) throws Exception {
        var rows = new ArrayList<Row>();
        try (var mqtt = new Mqtt(broker.broker(), (topic, message) -> {})) {
            for (int i = 0; i < DEVICES; i++) {
                retain(mqtt, "efka/device-" + i + "/status", birth());
                for (int j = 0; j < SERVICES; j++) retain(mqtt, service(i, j) + "/status", status(0));
            }
            try (var changes = new Changes(mqtt)) {
                var overview = new Measurements();
                for (int i = 0; i < setup.rounds(5); i++) {
                    try (Browser browser = Browser.start()) {
                        browser.size(1280, 800);
                        browser.open(page);
                        overview.add(Double.parseDouble(browser.runUntilDone("const done = arguments[0];"
                                + "const look = () => /^1,000 devices, 5,000 services(?!.*waiting)/.test(document.querySelector('p[role=status]')?.textContent)"
                                + " ? done(performance.now()) : setTimeout(look, 10); look();")));
                    }
                }
                rows.add(Row.atMost(
                        "1,000 devices with 5,000 services, 200 changes/s: from opening the page to all of them, p50",
                        overview.median(),
                        5_000,
                        " ms",
                        "max " + Row.number(overview.max()),
                        overview.count()));
                try (Browser browser = Browser.start()) {
                    browser.size(1280, 800);
                    browser.open(page);
                    browser.awaitText("1,000 devices, 5,000 services");
                    double slowest = Double.MAX_VALUE;
                    var all = new ArrayList<String>();
                    for (var view : VIEWS.entrySet()) {
                        browser.visit(view.getValue());
                        browser.drawn();
                        double frames = framesASecond(browser, Duration.ofSeconds(5));
                        all.add(view.getKey() + " " + Math.round(frames));
                        slowest = Math.min(slowest, frames);
                    }
                    browser.visit("#/");
                    browser.drawn();
                    double scrolled = framesWhileScrolling(browser);
                    rows.add(Row.atLeast(
                            "the same: the slowest view",
                            slowest,
                            FRAMES,
                            " frames/s",
                            String.join(", ", all),
                            VIEWS.size()));
                    rows.add(
                            Row.atLeast("the same, while the fleet is scrolled", scrolled, FRAMES, " frames/s", "", 1));
                    rows.add(Row.stated(
                            "the same: memory of the page's objects", Row.number(megabytes(browser)) + " MB", 1));
                }
                rows.add(Row.stated("the same: changes a second", Row.number(changes.aSecond()), 1));
            }
        }
        return rows;
    }

    /** In messages of 50 lines: Mosquitto 2.0 takes long over WebSocket for what is larger than 4 KiB. */
    private static List<Row> output(BenchSetup setup, WebBroker broker, String page) throws Exception {
        Duration measured = Duration.ofSeconds(setup.isQuick() ? 10 : 30);
        try (var mqtt = new Mqtt(broker.broker(), (topic, message) -> {});
                Browser browser = Browser.start()) {
            browser.size(1280, 800);
            browser.open(page + "#/device/device-0/service-0");
            browser.awaitText("Download");
            double before = megabytes(browser);
            try (var talking = new Talking(mqtt, service(0, 0) + "/stdout")) {
                browser.awaitText("of a service that has a lot to say");
                long from = newestLine(browser);
                long begun = System.nanoTime();
                double frames = framesASecond(browser, measured);
                double rate = (newestLine(browser) - from) * 1e9 / (System.nanoTime() - begun);
                double after = megabytes(browser);
                return List.of(
                        Row.atLeast(
                                "output into the open view: lines a second",
                                rate,
                                9_500,
                                "",
                                Row.number(talking.aSecond()) + " were published",
                                1),
                        Row.atLeast(
                                "the same, for " + measured.toSeconds() + " s: drawn",
                                frames,
                                FRAMES,
                                " frames/s",
                                "",
                                1),
                        Row.atMost(
                                "the same: memory of the page's objects",
                                after,
                                100,
                                " MB",
                                Row.number(before) + " before",
                                1));
            }
        }
    }

    /** The number in the last line that is shown. */
    private static long newestLine(Browser browser) {
        return Long.parseLong(browser.runUntilDone(
                "const done = arguments[0]; const all = document.body.innerText.match(/line \\d+ of/g);"
                        + "done(all === null ? 0 : all[all.length - 1].split(' ')[1])"));
    }

    /** Longer than a script may take, so second by second. */
    private static double framesASecond(Browser browser, Duration during) {
        double sum = 0;
        for (int i = 0; i < during.toSeconds(); i++) {
            sum += Double.parseDouble(
                    browser.runUntilDone(
                            "const done = arguments[0]; const begun = performance.now(); let frames = 0;"
                                    + "const frame = () => { frames++; const took = performance.now() - begun;"
                                    + " if (took < 1000) requestAnimationFrame(frame); else done(frames * 1000 / took); }; requestAnimationFrame(frame);"));
        }
        return sum / during.toSeconds();
    }

    private static double framesWhileScrolling(Browser browser) {
        return Double.parseDouble(
                browser.runUntilDone(
                        "const done = arguments[0]; const begun = performance.now(); let frames = 0;"
                                + "const list = document.querySelector('.virtual'); const frame = () => { frames++; list.scrollTop += 40;"
                                + " const took = performance.now() - begun;"
                                + " if (took < 5000) requestAnimationFrame(frame); else done(frames * 1000 / took); }; requestAnimationFrame(frame);"));
    }

    /** After a collection, so that it is what the page holds. */
    private static double megabytes(Browser browser) {
        browser.devtools("HeapProfiler.collectGarbage");
        Object used = browser.devtools("Runtime.getHeapUsage").get("usedSize");
        return ((Number) used).doubleValue() / (1 << 20);
    }

    private static String service(int device, int service) {
        return "efka/device-" + device + "/svc/service-" + service;
    }

    private static void retain(Mqtt mqtt, String topic, String document) {
        mqtt.retain(topic, document.getBytes(StandardCharsets.UTF_8));
    }

    private static void say(Mqtt mqtt, String topic, String document) {
        mqtt.publish(topic, document.getBytes(StandardCharsets.UTF_8), new MqttProperties());
    }

    private static String birth() {
        return "{\"v\":1,\"online\":true,\"session\":3,\"version\":\"0.2.0\",\"host\":\"gate7\",\"os\":\"Linux 6.1.0 amd64\","
                + "\"groups\":[\"all\",\"berlin\"],\"started_at\":\"2026-11-22T21:38:55.574Z\",\"services\":{\"running\":5}}";
    }

    private static String status(int number) {
        String state = number % 7 == 3 ? "backoff" : "running";
        return "{\"v\":1,\"state\":\"" + state + "\",\"desired\":\"running\",\"ready\":" + state.equals("running")
                + ",\"health\":\"healthy\",\"pid\":4711,\"run\":\"7\",\"restarts\":" + number
                + ",\"since\":\"2026-11-22T21:38:55.574Z\",\"release\":\"1.4.2-0f3a9c1e\",\"cause\":{\"kind\":\"exit\",\"code\":3},"
                + "\"crash_loop\":false}";
    }

    private static String event(int number) {
        return "{\"v\":1,\"at\":\"2026-11-22T21:38:55.574Z\",\"event\":\"state\",\"from\":\"running\",\"to\":\"backoff\",\"restarts\":"
                + number + ",\"cause\":{\"kind\":\"exit\",\"code\":3}}";
    }

    /** A status and an event of one service after the other, as long as it is open. */
    private static final class Changes implements AutoCloseable {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final long begun = System.nanoTime();
        private volatile int sent;

        Changes(Mqtt mqtt) {
            var thread = new Thread(() -> publish(mqtt), "bench-changes");
            thread.setDaemon(true);
            thread.start();
        }

        private void publish(Mqtt mqtt) {
            while (!isOver.get()) {
                long due = (System.nanoTime() - begun) * CHANGES_A_SECOND / TimeUnit.SECONDS.toNanos(1);
                for (int number = sent; number < due && !isOver.get(); number++) {
                    String topic = service(number * 7 % DEVICES, number % SERVICES);
                    say(mqtt, topic + "/status", status(number));
                    say(mqtt, topic + "/event", event(number));
                    sent = number + 1;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }

        double aSecond() {
            return sent * 1e9 / (System.nanoTime() - begun);
        }

        @Override
        public void close() {
            isOver.set(true);
        }
    }

    /** Output as an agent publishes it, as long as it is open. */
    private static final class Talking implements AutoCloseable {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final long begun = System.nanoTime();
        private volatile int messages;

        Talking(Mqtt mqtt, String topic) {
            var thread = new Thread(() -> publish(mqtt, topic), "bench-talking");
            thread.setDaemon(true);
            thread.start();
        }

        private void publish(Mqtt mqtt, String topic) {
            long offset = 0;
            for (int sent = 0; !isOver.get(); sent++) {
                var text = new StringBuilder();
                for (int i = 0; i < LINES_A_MESSAGE; i++) {
                    text.append("line ")
                            .append(sent * LINES_A_MESSAGE + i)
                            .append(" of a service that has a lot to say\n");
                }
                byte[] payload = text.toString().getBytes(StandardCharsets.UTF_8);
                var properties = new MqttProperties();
                properties.setUserProperties(List.of(
                        new UserProperty("offset", Long.toString(offset)),
                        new UserProperty("run", "01M82K7AYFNWAGWW8J0QF0T6JW"),
                        new UserProperty("at", Instant.now().toString())));
                mqtt.publish(topic, payload, properties);
                offset += payload.length;
                messages = sent + 1;
                long due = begun + TimeUnit.SECONDS.toNanos(sent + 1L) / MESSAGES_A_SECOND;
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
            }
        }

        double aSecond() {
            return messages * (double) LINES_A_MESSAGE * 1e9 / (System.nanoTime() - begun);
        }

        @Override
        public void close() {
            isOver.set(true);
        }
    }
}
