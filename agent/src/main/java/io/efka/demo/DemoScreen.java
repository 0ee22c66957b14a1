package io.efka.demo;

import io.efka.protocol.DeviceId;
import java.io.PrintWriter;
import java.util.List;

/** What the demo prints: each part as it comes up, then commands to try, which work as printed. Thread-safe. */
final class DemoScreen {
    private static final int USUAL_PORT = 1883;

    private final PrintWriter out;
    private final DeviceId device;

    DemoScreen(PrintWriter out, DeviceId device) {
        this.out = out;
        this.device = device;
    }

    /** Printed before anything is started or loaded, so that nobody waits before an empty screen. */
    void starting() {
        print("Starting the demo: a broker, an agent and five services, all on this machine.", "");
    }

    void brokerIsUp(EmbeddedBroker broker) {
        isUp("broker", "listens on port " + broker.port() + " (WebSocket: " + broker.webSocketUri() + ")");
    }

    void agentIsUp() {
        isUp("agent", "is online as the device \"" + device + "\"");
    }

    void serviceIsUp(SampleServices.Sample sample) {
        isUp(sample.name(), "runs: " + sample.what());
    }

    private void isUp(String name, String what) {
        print("  %-9s %s".formatted(name, what));
    }

    /**
     * Says what to try now.
     *
     * @param pagePort where the page is
     * @param port where the broker listens
     */
    void invite(int pagePort, int port) {
        String at = port == USUAL_PORT ? "" : " -p " + port;
        String topic = "efka/" + device;
        String reply = " -e " + topic + "/reply/me";
        print(
                "",
                "Everything is up. Open http://127.0.0.1:" + pagePort + "/ in a browser to see and command it.",
                "Or try these in another terminal:",
                "",
                "  # the output of a service, as tail -f would show it",
                "  mosquitto_sub" + at + " -N -t " + topic + "/svc/chatty/stdout",
                "",
                "  # every change: crashy ends now and then and is started again",
                "  mosquitto_sub" + at + " -v -t '" + topic + "/svc/+/event'",
                "",
                "  # a command, and its reply once it is done",
                "  mosquitto_rr" + at + " -t " + topic + "/svc/chatty/cmd/restart" + reply + " -n",
                "",
                "  # makes webby fail its health check: it is found unhealthy and restarted",
                "  mosquitto_pub" + at + " -t " + topic + "/svc/webby/cmd/input -m '{\"text\":\"sick\\n\"}'",
                "",
                "  # calls a service; then watch " + topic + "/svc/thermo/data/temperature",
                "  mosquitto_rr" + at + " -t " + topic + "/svc/thermo/cmd/call/heat" + reply
                        + " -m '{\"args\":{\"by\":5}}'",
                "",
                "Ctrl-C ends it all.");
    }

    private void print(String... lines) {
        List.of(lines).forEach(out::println);
        out.flush();
    }
}
