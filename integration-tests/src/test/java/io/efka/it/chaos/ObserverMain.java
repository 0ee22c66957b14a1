package io.efka.it.chaos;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/**
 * The observer, in a process of its own: installs the services, commands them without a pause, puts their output together,
 * and says at the end what was lost, doubled, changed or lied about. Its driver tells it on stdin what it does to broker and
 * agent; what it found goes to stdout.
 */
final class ObserverMain {
    private static final Duration CALM_LIMIT = Duration.ofSeconds(90);
    /** A status may be behind reality for this long. */
    private static final Duration LIE = Duration.ofSeconds(5);
    /** An agent that could hear, and answers nothing for so long, is deaf. */
    private static final Duration DEAF = Duration.ofSeconds(60);

    /** It tells of every lost connection, at length. Held here, or its level is forgotten. */
    private static final Logger PAHO = Logger.getLogger("org.eclipse.paho.mqttv5.client");

    private final Notes notes = new Notes();
    private final Conditions conditions = new Conditions();
    private final CommandBook book = new CommandBook(notes);
    private final DocumentReports reports = new DocumentReports();
    private final Streams streams;
    private final Path folder;
    private final String replyTopic;
    private final String pingTopic;
    private final ServiceProcesses processes;
    private final RealityCheck reality;
    private final ObserverLink link;
    private final Commander commander;
    private final Pinger pinger;
    private final List<Sender> senders = new ArrayList<>();

    private ObserverMain(String uri, String device, Path folder, SplittableRandom random) throws IOException {
        this.folder = folder;
        this.streams = new Streams(folder, notes);
        this.replyTopic = "chaos/" + device + "/replies";
        this.pingTopic = "chaos/" + device + "/pings";
        this.processes = new ServiceProcesses(Path.of("/proc"), device);
        this.reality = new RealityCheck(processes, conditions, notes, LIE);
        String all = "efka/" + device;
        var filters = List.of(
                replyTopic,
                pingTopic,
                all + "/status",
                DocumentReports.filter(device),
                all + "/svc/+/status",
                all + "/svc/+/event",
                all + "/svc/+/stdout",
                all + "/svc/+/stderr");
        this.link = new ObserverLink(uri, "observer-" + device, filters, conditions, this::heard);
        var address = new Commander.Address(device, replyTopic);
        this.commander = new Commander(link, conditions, book, notes, address, random.split());
        this.pinger = new Pinger(number -> ping(all + "/cmd/ping", number), conditions::audibleNanos, DEAF, notes);
        senders.add(new InputSender(commander, witness(ChaosService.LISTENER), notes, random.split()));
        senders.add(new SignalSender(commander, witness(ChaosService.TWITCHER), conditions, notes, random.split()));
        senders.add(new SwitchSender(
                commander, witness(ChaosService.SWITCH), processes, conditions, notes, random.split()));
        senders.add(new LogsSender(commander, conditions, notes, random.split()));
        senders.add(new ConfigSender(commander, notes, random.split()));
        senders.add(new GuestSender(commander, processes, notes, random.split()));
        for (RetainedTopic.Source source : RetainedTopic.Source.values()) {
            var topic = new RetainedTopic(source, device, link, reports, conditions, notes);
            senders.add(new DesiredSender(topic, commander, folder, processes, conditions, notes, random.split()));
        }
        senders.add(new ReleaseSender(commander, folder, conditions, notes, random.split()));
    }

    /** Arguments: broker, device, folder, seed. */
    public static void main(String[] arguments) throws Exception {
        PAHO.setLevel(Level.OFF);
        var random = new SplittableRandom(Long.parseLong(arguments[3]));
        var observer = new ObserverMain(arguments[0], arguments[1], Path.of(arguments[2]), random);
        observer.begin();
        observer.listen();
        observer.finish();
        System.exit(0);
    }

    private Witness witness(ChaosService service) {
        return new Witness(service.witness(folder));
    }

    private void begin() {
        for (ChaosService service : ChaosService.values()) {
            Optional<JsonObject> reply =
                    commander.ask("install-" + service.id(), service.id(), "install", service.install(folder));
            if (reply.map(CommandBook::code).filter(String::isEmpty).isEmpty()) {
                throw new IllegalStateException("install " + service + ": " + reply);
            }
        }
        Commander.pause(1000);
        reality.start();
        pinger.start();
        for (Sender sender : senders) {
            if (sender instanceof CountedSender counted) counted.begin();
            sender.start();
        }
        System.out.println("ready");
    }

    private void listen() throws IOException {
        var driver = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = driver.readLine(); line != null; line = driver.readLine()) {
            if (line.equals("finish")) return;
            conditions.driver(line);
        }
        // The driver died: nobody wants to know.
        System.exit(1);
    }

    private void finish() throws InterruptedException {
        for (Sender sender : senders) sender.end();
        awaitCalm();
        for (ChaosService talker : ChaosService.TALKERS)
            commander.ask("finally-stop-" + talker.id(), talker.id(), "stop", new JsonObject());
        streams.awaitQuiet();
        senders.forEach(Sender::judge);
        for (ChaosService service : ChaosService.values()) {
            for (String violation : witness(service).violations()) {
                notes.passed(Verdict.COPIES, service.id() + " was locked at the start of run " + violation);
            }
            notes.seen("starts of services", witness(service).starts().size());
        }
        streams.judge(folder);
        for (ChaosService service : ChaosService.values())
            commander.ask("finally-remove-" + service.id(), service.id(), "remove", new JsonObject());
        reality.end();
        pinger.end();
        notes.seen(
                "seconds with broker and agent up, in which a status is judged",
                conditions.calmNanos() / 1_000_000_000);
        notes.send();
        System.out.println("end");
        link.close();
    }

    private void awaitCalm() {
        long deadline = System.nanoTime() + CALM_LIMIT.toNanos();
        while (!conditions.isCalm()) {
            if (System.nanoTime() > deadline) {
                notes.passed(Verdict.LYING_STATUS, "the device did not get online within " + CALM_LIMIT);
                return;
            }
            Commander.pause(50);
        }
    }

    private void heard(String topic, MqttMessage message) {
        if (topic.equals(pingTopic)) {
            pinger.answered();
            return;
        }
        if (topic.equals(replyTopic)) {
            book.reply(text(message));
            return;
        }
        String[] levels = topic.split("/");
        if (levels.length == 3) {
            JsonObject status = JsonParser.parseString(text(message)).getAsJsonObject();
            if (!message.isRetained())
                conditions.online(
                        status.get("online").getAsBoolean(),
                        status.get("session").getAsLong());
            return;
        }
        if (levels[2].equals("reported")) {
            reports.heard(levels[3], text(message));
            return;
        }
        String service = levels[3];
        switch (levels[4]) {
            case "status" -> status(service, message);
            case "event" -> event(service, JsonParser.parseString(text(message)).getAsJsonObject());
            default -> {
                if (GuestSender.isGuest(service)) return;
                streams.get(service, levels[4]).add(offset(message), message.getPayload(), conditions.brokerKills());
            }
        }
    }

    private void status(String service, MqttMessage message) {
        if (message.getPayload().length == 0) reality.cleared(service);
        else reality.document(service, JsonParser.parseString(text(message)).getAsJsonObject());
    }

    private void event(String service, JsonObject event) {
        String kind = event.get("event").getAsString();
        if (kind.equals("output_dropped") && !GuestSender.isGuest(service)) {
            streams.get(service, event.get("stream").getAsString())
                    .announce(event.get("from").getAsLong(), event.get("bytes").getAsLong());
        }
        notes.seen("events " + kind, 1);
    }

    private boolean ping(String topic, int number) {
        var properties = new MqttProperties();
        properties.setResponseTopic(pingTopic);
        properties.setCorrelationData(("ping-" + number).getBytes(StandardCharsets.UTF_8));
        return link.tryPublish(topic, new byte[0], properties);
    }

    private static long offset(MqttMessage message) {
        return message.getProperties().getUserProperties().stream()
                .filter(property -> property.getKey().equals("offset"))
                .map(UserProperty::getValue)
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    private static String text(MqttMessage message) {
        return new String(message.getPayload(), StandardCharsets.UTF_8);
    }
}
