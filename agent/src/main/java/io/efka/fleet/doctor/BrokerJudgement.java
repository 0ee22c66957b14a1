package io.efka.fleet.doctor;

import static io.efka.fleet.doctor.Finding.ok;
import static io.efka.fleet.doctor.Finding.problem;
import static io.efka.fleet.doctor.Finding.warning;

import io.efka.fleet.doctor.BrokerFacts.Publication;
import io.efka.fleet.doctor.BrokerFacts.Retention;
import io.efka.fleet.doctor.BrokerFacts.Right;
import io.efka.fleet.doctor.BrokerFacts.Session;
import io.efka.fleet.terminal.Plural;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What the facts of a broker mean for a fleet. Pure. */
public final class BrokerJudgement {
    /** A command, or a document. */
    static final long COMMAND = 256 * 1024;

    /** A piece of an artifact, and the document of a rollout. */
    static final long CHUNK = 64 * 1024;

    /** What {@code efka ls} asks for at once. */
    static final int BATCH = 500;

    private static final int DAY = 24 * 3600;
    private static final int FEW_COMMANDS = 100;
    private static final int FEW_IN_FLIGHT = 10;
    private static final int LONG_SILENCE = 60;
    private static final int SHORT_SILENCE = 10;
    private static final String QUEUE_CURE =
            "Mosquitto: max_queued_messages %d; others: the queue length of a session, and limits for retained messages";

    private final BrokerFacts broker;
    private final FleetFacts fleet;
    private final List<Finding> findings = new ArrayList<>();

    private BrokerJudgement(BrokerFacts broker, FleetFacts fleet) {
        this.broker = broker;
        this.fleet = fleet;
    }

    /** In the order in which they are shown. */
    public static List<Finding> of(BrokerFacts broker, FleetFacts fleet) {
        return new BrokerJudgement(broker, fleet).findings();
    }

    private List<Finding> findings() {
        judge("packet size", broker.largestPayload(), this::packet);
        features();
        judge("retained messages", broker.retention(), this::retention);
        judge("sessions", broker.session(), this::session);
        limits();
        judge("access rights", broker.rights(), this::rights);
        return List.copyOf(findings);
    }

    private <T> void judge(String check, Outcome<T> outcome, Consumer<T> judge) {
        outcome.value().ifPresent(judge);
        if (outcome.value().isEmpty()) add(problem(check, "could not be probed: " + outcome.trouble(), ""));
    }

    private void add(Finding finding) {
        findings.add(finding);
    }

    private boolean isDenied(String feature) {
        return broker.granted().getOrDefault(feature, 1L) == 0;
    }

    private void packet(long largest) {
        String check = "packet size";
        String cure = "Mosquitto: message_size_limit 0 and max_packet_size 300000 or more, or neither;"
                + " others: the largest packet or message";
        if (largest >= COMMAND) {
            add(ok(check, "messages of " + COMMAND / 1024 + " KiB come through, the largest that Efka sends"));
        } else if (largest >= CHUNK) {
            add(warning(
                    check,
                    "messages of " + largest / 1024 + " KiB come through, of " + COMMAND / 1024
                            + " KiB they do not: commands and documents with large files fail",
                    cure));
        } else {
            add(problem(
                    check,
                    "messages of " + CHUNK / 1024 + " KiB do not come through, of " + largest / 1024
                            + " KiB they do: artifacts cannot be sent over this broker, and replies are shortened",
                    cure));
        }
    }

    private void features() {
        if (isDenied("maximum_qos")) {
            add(problem(
                    "QoS",
                    "only QoS 0: commands and statuses may be lost on the way",
                    "Mosquitto: max_qos 2;" + " others: allow QoS 1"));
        }
        if (isDenied("wildcard_subscription_available")) {
            add(problem(
                    "subscriptions",
                    "no wildcards: services get no commands, and efka ls sees nothing",
                    "a broker with wildcard subscriptions"));
        } else {
            add(ok(
                    "subscriptions",
                    "wildcards work"
                            + (isDenied("shared_subscription_available")
                                    ? "; no shared ones, which Efka does not use"
                                    : "; shared ones as well, which Efka does not use")));
        }
    }

    private void retention(Retention retention) {
        if (isDenied("retain_available") || !retention.isKept()) {
            add(problem(
                    "retained messages",
                    "are not kept: whoever subscribes later sees no device, and documents do" + " not wait for devices",
                    "Mosquitto: retain_available true; others: allow retained messages"));
            return;
        }
        add(ok("retained messages", "are kept"));
        add(
                retention.isFlagKept()
                        ? ok("retain flag", "is kept for subscribers that ask for it (retain as published)")
                        : warning(
                                "retain flag",
                                "is not kept (retain as published): an agent cannot tell a retained status from"
                                        + " a new one",
                                "a broker that has all of MQTT 5"));
        burst(retention);
        expiry(retention);
    }

    private void burst(Retention retention) {
        String check = "retained burst";
        int published = retention.published().accepted();
        String count = number(retention.came()) + " of " + number(published);
        int needed = Math.max(2 * published, 2 * fleet.statuses());
        String cure = QUEUE_CURE.formatted(needed);
        String ours = "your fleet has " + number(fleet.statuses()) + " (" + number(fleet.devices())
                + Plural.of(" device", fleet.devices()) + ", " + number(fleet.services())
                + Plural.of(" service", fleet.services()) + ")";
        if (!retention.published().isWhole()) {
            String limit = "others: the limit for retained messages";
            add(partly(check, retention.published(), "retained messages", "; " + ours, limit));
        }
        if (retention.came() >= published) {
            if (!retention.published().isWhole()) return;
            add(ok(check, "a subscriber of one wildcard gets all " + number(published) + "; " + ours));
        } else if (retention.came() < BATCH && fleet.statuses() > retention.came()) {
            add(problem(
                    check,
                    count + " come, the rest is dropped without a word: efka ls, which asks for " + BATCH
                            + " at once, misses some; " + ours,
                    cure));
        } else if (retention.came() < BATCH) {
            add(warning(
                    check,
                    count + " come, the rest is dropped without a word; " + ours + ", which fits. Beyond "
                            + retention.came() + " efka ls misses some",
                    cure));
        } else if (fleet.statuses() > retention.came()) {
            add(warning(
                    check,
                    count + " come, the rest is dropped without a word: " + ours + ". efka ls asks for " + BATCH
                            + " at once and gets all, other programs that subscribe to everything do not",
                    cure));
        } else {
            add(ok(check, count + " come, the rest is dropped without a word; " + ours + ", so it fits"));
        }
    }

    /** Of messages that the broker did not all take. */
    private static Finding partly(String check, Publication tried, String what, String more, String cure) {
        String some = number(tried.accepted()) + " of " + number(tried.tried()) + " " + what;
        return tried.refusal()
                .map(why -> problem(check, "the broker takes " + some + ", and refuses the next: " + why + more, cure))
                .orElseGet(() -> warning(
                        check,
                        "could not be probed in time: the broker took " + some + more,
                        "a faster connection, or a broker with less to do"));
    }

    private void expiry(Retention retention) {
        String check = "message expiry";
        if (!retention.hasExpired()) {
            add(warning(
                    check,
                    "expired messages are still delivered: devices refuse late commands themselves, but"
                            + " artifacts stay at the broker",
                    "a broker that has all of MQTT 5"));
        } else if (!retention.isExpiryCounted()) {
            add(warning(
                    check,
                    "the time that a message waited is not taken off: a device may run a command late",
                    "a broker that has all of MQTT 5"));
        } else {
            add(ok(check, "expired messages are dropped, and waiting is counted"));
        }
    }

    private void session(Session session) {
        String lost = "commands to a device that is away for a moment are lost";
        String cure = "Mosquitto: no persistent_client_expiration below 1d; others: the longest session expiry";
        if (!session.isPresent() || session.expirySeconds() == 0) {
            add(problem("sessions", "end with the connection: " + lost, cure));
        } else if (session.expirySeconds() < DAY) {
            add(warning(
                    "sessions",
                    "are kept for " + session.expirySeconds() + " s, not for the 24 h that devices ask"
                            + " for: later commands to a device that is away are lost",
                    cure));
        } else {
            add(ok("sessions", "are kept while a device is away, for the 24 h that it asks for"));
        }
        if (session.isPresent()) queue(session);
        add(
                session.isWillEarly()
                        ? warning(
                                "will delay",
                                "is not observed: a device that reconnects at once is shown offline for a"
                                        + " moment, which " + number(fleet.devices())
                                        + " devices do when the broker's network stutters",
                                "a broker that has all of MQTT 5")
                        : ok("will delay", "is observed: a device that is back at once is never shown offline"));
    }

    private void queue(Session session) {
        String check = "queue";
        int sent = session.sent().accepted();
        String count = number(session.came()) + " of " + number(sent);
        String cure = QUEUE_CURE.formatted(2 * sent);
        if (!session.sent().isWhole()) {
            add(partly(check, session.sent(), "commands", "", "others: the limits for messages of a client"));
        }
        if (session.came() >= sent) {
            if (!session.sent().isWhole()) return;
            add(ok(check, "all of " + number(sent) + " commands wait for a device that is away"));
        } else if (session.came() < FEW_COMMANDS) {
            add(problem(
                    check, "only " + count + " commands wait for a device that is away, the rest is dropped", cure));
        } else {
            add(ok(check, count + " commands wait for a device that is away; hardly anybody sends more"));
        }
    }

    private void limits() {
        long window = broker.granted().getOrDefault("receive_maximum", 65_535L);
        add(
                window < FEW_IN_FLIGHT
                        ? warning(
                                "receive maximum",
                                "only " + window + " messages at once may be unacknowledged: output and"
                                        + " artifacts are slow",
                                "Mosquitto: max_inflight_messages 20; others: receive maximum")
                        : ok("receive maximum", number(window) + " messages at once may be unacknowledged"));
        add(ok(
                "topic alias",
                "the broker takes " + broker.granted().getOrDefault("topic_alias_maximum", 0L) + "; Efka uses none"));
        keepAlive();
    }

    private void keepAlive() {
        String check = "keep alive";
        Long seconds = broker.granted().get("server_keep_alive");
        if (seconds == null) {
            add(ok(check, "30 s, as devices ask for: one that is lost is noticed after 45 s"));
        } else if (seconds > LONG_SILENCE) {
            add(warning(
                    check,
                    "the broker sets " + seconds + " s: a device that is lost is noticed after " + seconds * 3 / 2
                            + " s",
                    "Mosquitto: max_keepalive 30; others: server keep alive"));
        } else if (seconds < SHORT_SILENCE) {
            add(warning(
                    check,
                    "the broker sets " + seconds + " s: " + number(fleet.devices())
                            + " devices send a ping each in that time, and slow networks cut them off",
                    "Mosquitto: max_keepalive 30; others: server keep alive"));
        } else {
            add(ok(check, "the broker sets " + seconds + " s"));
        }
    }

    private void rights(List<Right> rights) {
        String cure = "Mosquitto: acl_file, as in docker/mosquitto/acl; others: see the table in broker.md";
        List<String> refused = needed(rights, Right.Answer.REFUSED);
        List<String> dropped = needed(rights, Right.Answer.DROPPED);
        if (!refused.isEmpty()) {
            add(problem("access rights", "the broker refuses this account's " + String.join(", ", refused), cure));
        }
        if (!dropped.isEmpty()) {
            add(problem(
                    "access rights",
                    "the broker drops this account's " + String.join(", ", dropped)
                            + " without a word, or does not let it read them",
                    cure));
        }
        if (refused.isEmpty() && dropped.isEmpty()) {
            add(ok("access rights", "this account may do all that operators do"));
        }
        List<String> tooMuch = rights.stream()
                .filter(right -> !right.isNeeded() && right.answer() == Right.Answer.CAME_BACK)
                .map(Right::what)
                .toList();
        if (!tooMuch.isEmpty()) {
            add(warning(
                    "access rights",
                    "this account may also write " + String.join(" and ", tooMuch)
                            + ", which only devices should: whoever has it can feign a device",
                    cure));
        }
    }

    private static List<String> needed(List<Right> rights, Right.Answer answer) {
        return rights.stream()
                .filter(right -> right.isNeeded() && right.answer() == answer)
                .map(Right::what)
                .toList();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
