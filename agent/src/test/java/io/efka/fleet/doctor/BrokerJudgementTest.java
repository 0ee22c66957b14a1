package io.efka.fleet.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.doctor.BrokerFacts.Publication;
import io.efka.fleet.doctor.BrokerFacts.Retention;
import io.efka.fleet.doctor.BrokerFacts.Right;
import io.efka.fleet.doctor.BrokerFacts.Right.Answer;
import io.efka.fleet.doctor.BrokerFacts.Session;
import io.efka.fleet.doctor.Finding.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerJudgementTest {
    private static final Publication ALL = Publication.whole(1200);
    private static final Retention ALL_KEPT = new Retention(ALL, 1200, true, true, true, true);
    private static final Session KEPT = new Session(Integer.MAX_VALUE, false, true, ALL, 1000);
    private static final List<Right> RIGHTS = List.of(
            new Right("commands to devices", "efka/x/cmd/probe", true, Answer.CAME_BACK),
            new Right("reports", "efka/x/reported/probe", false, Answer.REFUSED));

    private static FleetFacts fleet(int devices, int services) {
        return new FleetFacts(
                devices, devices, services, 0, List.of(), new TreeMap<>(), new TreeMap<>(), List.of(), List.of());
    }

    private static BrokerFacts facts(Map<String, Long> granted, long packet, Retention retention, Session session) {
        return new BrokerFacts(
                granted, Outcome.of(packet), Outcome.of(retention), Outcome.of(session), Outcome.of(RIGHTS));
    }

    private static BrokerFacts granted(Map<String, Long> granted) {
        return facts(granted, BrokerJudgement.COMMAND, ALL_KEPT, KEPT);
    }

    private static Level level(BrokerFacts broker, FleetFacts fleet, String check) {
        return BrokerJudgement.of(broker, fleet).stream()
                .filter(one -> one.check().equals(check))
                .map(Finding::level)
                .max(Level::compareTo)
                .orElseThrow();
    }

    @Test
    void aGoodBrokerHasNothingToCure() {
        assertThat(BrokerJudgement.of(granted(Map.of()), fleet(10, 50))).allSatisfy(finding -> {
            assertThat(finding.level()).as(finding.text()).isEqualTo(Level.OK);
            assertThat(finding.cure()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({"1024, PROBLEM", "16384, PROBLEM", "65536, WARNING", "262144, OK"})
    void packets(long largest, Level level) {
        assertThat(level(facts(Map.of(), largest, ALL_KEPT, KEPT), fleet(1, 1), "packet size"))
                .isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "1200, 10, OK",
        "1200, 90000, OK",
        "1016, 10, OK",
        "1016, 900, OK",
        "1016, 1100, WARNING",
        "500, 10, OK",
        "499, 10, WARNING",
        "499, 600, PROBLEM",
        "0, 10, PROBLEM"
    })
    void theBurstIsJudgedByTheSizeOfTheFleet(int came, int services, Level level) {
        var retention = new Retention(ALL, came, true, true, true, true);

        assertThat(level(facts(Map.of(), 1 << 20, retention, KEPT), fleet(10, services), "retained burst"))
                .isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"quota exceeded, PROBLEM", ", WARNING"})
    void whatTheBrokerDidNotTakeIsNotAllThatComes(String refusal, Level level) {
        var some = new Publication(1200, 100, Optional.ofNullable(refusal));
        BrokerFacts broker = facts(
                Map.of(),
                1 << 20,
                new Retention(some, 100, true, true, true, true),
                new Session(86400, false, true, some, 100));

        assertThat(BrokerJudgement.of(broker, fleet(1000, 5000)))
                .filteredOn(one -> one.check().equals("retained burst"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.level()).isEqualTo(level);
                    assertThat(one.text()).contains("100 of 1,200", "your fleet has 6,000");
                });
        assertThat(level(broker, fleet(1, 1), "queue")).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, true, true, OK, OK, OK",
        "true, false, true, true, PROBLEM, , ",
        "false, true, true, true, OK, WARNING, OK",
        "true, true, false, true, OK, OK, WARNING",
        "true, true, true, false, OK, OK, WARNING",
    })
    void retention(
            boolean flag,
            boolean kept,
            boolean expired,
            boolean counted,
            Level messages,
            Level flagLevel,
            Level expiry) {
        BrokerFacts broker = facts(Map.of(), 1 << 20, new Retention(ALL, 1200, flag, kept, expired, counted), KEPT);

        assertThat(level(broker, fleet(1, 1), "retained messages")).isEqualTo(messages);
        if (flagLevel != null)
            assertThat(level(broker, fleet(1, 1), "retain flag")).isEqualTo(flagLevel);
        if (expiry != null)
            assertThat(level(broker, fleet(1, 1), "message expiry")).isEqualTo(expiry);
    }

    @ParameterizedTest
    @CsvSource({
        "86400, false, true, 1200, OK, OK, OK",
        "3600, false, true, 1200, WARNING, OK, OK",
        "0, false, true, 1200, PROBLEM, OK, OK",
        "86400, true, true, 1000, OK, WARNING, OK",
        "86400, false, true, 20, OK, OK, PROBLEM",
    })
    void sessions(long expiry, boolean early, boolean present, int came, Level kept, Level will, Level queue) {
        BrokerFacts broker = facts(Map.of(), 1 << 20, ALL_KEPT, new Session(expiry, early, present, ALL, came));

        assertThat(level(broker, fleet(1, 1), "sessions")).isEqualTo(kept);
        assertThat(level(broker, fleet(1, 1), "will delay")).isEqualTo(will);
        assertThat(level(broker, fleet(1, 1), "queue")).isEqualTo(queue);
    }

    @Test
    void aSessionThatIsGoneIsAProblem() {
        BrokerFacts broker = facts(Map.of(), 1 << 20, ALL_KEPT, new Session(86400, false, false, ALL, 0));

        assertThat(level(broker, fleet(1, 1), "sessions")).isEqualTo(Level.PROBLEM);
    }

    @ParameterizedTest
    @CsvSource({
        "receive_maximum, 5, receive maximum, WARNING",
        "receive_maximum, 20, receive maximum, OK",
        "server_keep_alive, 5, keep alive, WARNING",
        "server_keep_alive, 20, keep alive, OK",
        "server_keep_alive, 300, keep alive, WARNING",
        "maximum_qos, 0, QoS, PROBLEM",
        "wildcard_subscription_available, 0, subscriptions, PROBLEM",
        "shared_subscription_available, 0, subscriptions, OK",
        "retain_available, 0, retained messages, PROBLEM"
    })
    void whatTheBrokerGrants(String property, long value, String check, Level level) {
        assertThat(level(granted(Map.of(property, value)), fleet(1, 1), check)).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "CAME_BACK, REFUSED, OK",
        "CAME_BACK, CAME_BACK, WARNING",
        "REFUSED, REFUSED, PROBLEM",
        "DROPPED, DROPPED, PROBLEM"
    })
    void rights(Answer needed, Answer ofDevices, Level level) {
        var rights = List.of(
                new Right("commands to devices", "efka/x/cmd/probe", true, needed),
                new Right("reports", "efka/x/reported/probe", false, ofDevices));
        var broker = new BrokerFacts(
                Map.of(), Outcome.of(1L << 20), Outcome.of(ALL_KEPT), Outcome.of(KEPT), Outcome.of(rights));

        assertThat(level(broker, fleet(1, 1), "access rights")).isEqualTo(level);
    }

    @Test
    void aProbeThatFailsIsAFinding() {
        var broker = new BrokerFacts(
                Map.of(),
                Outcome.failed("the connection was lost"),
                Outcome.of(ALL_KEPT),
                Outcome.of(KEPT),
                Outcome.of(RIGHTS));

        assertThat(BrokerJudgement.of(broker, fleet(1, 1)))
                .filteredOn(one -> one.level() == Level.PROBLEM)
                .singleElement()
                .satisfies(one -> assertThat(one.text()).isEqualTo("could not be probed: the connection was lost"));
    }
}
