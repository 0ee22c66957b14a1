package io.efka.fleet.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.doctor.Finding.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetJudgementTest {
    private static FleetFacts fleet(long ahead, Map<String, Integer> versions, List<String> taken, List<String> away) {
        return new FleetFacts(
                2,
                1,
                3,
                1,
                List.of(),
                new TreeMap<>(Map.of("gate7", Duration.ofSeconds(ahead))),
                new TreeMap<>(versions),
                taken,
                away);
    }

    private static Finding finding(FleetFacts fleet, String check) {
        return FleetJudgement.of(fleet).stream()
                .filter(one -> one.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "30, OK", "-31, WARNING", "600, WARNING", "601, PROBLEM", "-4000, PROBLEM"})
    void clocks(long seconds, Level level) {
        FleetFacts fleet = fleet(seconds, Map.of("1", 1), List.of(), List.of());

        assertThat(finding(fleet, "clocks").level()).isEqualTo(level);
        if (level != Level.OK) assertThat(finding(fleet, "clocks").text()).contains(seconds + " s (gate7)");
    }

    @Test
    void versionsIdsAndThoseAway() {
        FleetFacts bad = fleet(0, Map.of("1", 1, "2", 4), List.of("gate7"), List.of("gate8"));

        assertThat(finding(bad, "versions").level()).isEqualTo(Level.WARNING);
        assertThat(finding(bad, "versions").text()).contains("1 on 1 device, 2 on 4 devices");
        assertThat(finding(bad, "device ids").level()).isEqualTo(Level.PROBLEM);
        assertThat(finding(bad, "offline").text()).contains("gate8");
        FleetFacts good = fleet(0, Map.of("1", 1), List.of(), List.of());
        assertThat(FleetJudgement.of(good)).allMatch(one -> one.level() == Level.OK);
    }

    @Test
    void aFleetWithoutDevicesIsNoProblem() {
        assertThat(FleetJudgement.of(FleetFacts.NONE)).singleElement().matches(one -> one.level() == Level.OK);
    }
}
