package io.efka.demo;

import io.efka.protocol.DeviceId;
import java.net.URI;
import java.util.List;

/** The lines that the demo prints at its start; its commands work as printed. */
final class DemoBanner {
    private static final int USUAL_PORT = 1883;

    private DemoBanner() {}

    static List<String> lines(DeviceId device, int port, URI webSocket) {
        String at = port == USUAL_PORT ? "" : " -p " + port;
        String topic = "efka/" + device;
        return List.of(
                "Efka's demo runs: a broker on port " + port + " (WebSocket: " + webSocket + ") and the device \""
                        + device + "\".",
                "Try these in another terminal:",
                "",
                "  mosquitto_sub" + at + " -N -t " + topic + "/svc/chatty/stdout",
                "      the output of a service, as tail -f would show it",
                "  mosquitto_sub" + at + " -v -t '" + topic + "/svc/+/event'",
                "      every change: crashy ends now and then and is started again",
                "  mosquitto_rr" + at + " -t " + topic + "/svc/chatty/cmd/restart -e my/reply -n",
                "      a command, and its reply once it is done",
                "  mosquitto_pub" + at + " -t " + topic + "/svc/webby/cmd/input -m '{\"text\":\"sick\\n\"}'",
                "      makes webby fail its health check: it is found unhealthy and restarted",
                "  mosquitto_rr" + at + " -t " + topic
                        + "/svc/thermo/cmd/call/heat -e my/reply -m '{\"args\":{\"by\":5}}'",
                "      has a service do something; watch " + topic + "/svc/thermo/data/temperature",
                "",
                "Ctrl-C ends it all.");
    }
}
