package io.efka.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.GoldenTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CandidateShareTest {
    private static final BigDecimal RANGE = new BigDecimal(BigInteger.TWO.pow(64));

    private static boolean holds(String percent, String salt, String device) {
        return new CandidateShare(new BigDecimal(percent), salt).holds(new DeviceId(device));
    }

    /** {@code mvn -pl agent test -Dtest=CandidateShareTest -Defka.docs.write=true} writes the table anew. */
    @Test
    void theVectorsOfTheProtocolAreTheCodes() throws IOException {
        var table = new StringBuilder(
                "| salt | device | first 8 bytes | in it from a `share` above |\n|---|---|---|---|\n");
        for (String salt : List.of("camera-1.5.0", "camera-1.6.0")) {
            for (String device : List.of("dev1", "dev2", "dev3", "cam-17")) {
                String number = CandidateShare.number(salt, device);
                BigDecimal percent = new BigDecimal(new BigInteger(number, 16))
                        .multiply(BigDecimal.valueOf(100))
                        .divide(RANGE);
                assertThat(holds(percent.toPlainString(), salt, device)).isFalse();
                assertThat(holds(percent.add(new BigDecimal("1e-15")).toPlainString(), salt, device))
                        .isTrue();
                table.append("| `%s` | `%s` | `%s` | %s |\n"
                        .formatted(salt, device, number, percent.round(new MathContext(8))));
            }
        }
        new GoldenTable(Path.of("docs/protocol.md")).require("candidate share", table.toString());
    }

    @Test
    void nobodyIsInAShareOfZeroAndEverybodyInOneOfAHundred() {
        for (int device = 0; device < 200; device++) {
            assertThat(holds("0", "s", "d" + device)).isFalse();
            assertThat(holds("100", "s", "d" + device)).isTrue();
        }
    }

    @Test
    void aGrowingShareOnlyAddsDevicesAndHasAboutItsPart() {
        long before = 0;
        for (int percent : List.of(1, 10, 50, 90)) {
            String share = String.valueOf(percent);
            long in = IntStream.range(0, 2000)
                    .filter(i -> holds(share, "salt", "d" + i))
                    .count();
            assertThat(in)
                    .isBetween(2000L * percent / 100 - 60, 2000L * percent / 100 + 60)
                    .isGreaterThan(before);
            String smaller = String.valueOf(percent / 2.0);
            assertThat(IntStream.range(0, 2000).filter(i -> holds(smaller, "salt", "d" + i)))
                    .allMatch(i -> holds(share, "salt", "d" + i));
            before = in;
        }
    }

    @Test
    void theSmallestShareOfADeviceIsTheFirstThatHoldsIt() {
        for (int i = 0; i < 500; i++) {
            var device = new DeviceId("d" + i);
            BigDecimal smallest = CandidateShare.smallest("salt", device);
            assertThat(new CandidateShare(smallest, "salt").holds(device)).isTrue();
            BigDecimal below = smallest.subtract(new BigDecimal("0.000001"));
            assertThat(new CandidateShare(below, "salt").holds(device)).isFalse();
            assertThat(smallest).isLessThanOrEqualTo(BigDecimal.valueOf(100));
        }
    }

    @Test
    void anotherSaltMixesTheFleetAnew() {
        long both = IntStream.range(0, 2000)
                .filter(i -> holds("10", "one", "d" + i) && holds("10", "two", "d" + i))
                .count();
        assertThat(both).as("a tenth of a tenth").isBetween(5L, 45L);
    }

    @Test
    void aPlaceIsTheSameEveryTimeAndBelowOne() {
        for (int i = 0; i < 1000; i++) {
            double place = CandidateShare.place("device/cam/7", "d" + i);
            assertThat(place)
                    .isBetween(0.0, 0.9999999999999999)
                    .isEqualTo(CandidateShare.place("device/cam/7", "d" + i));
        }
    }
}
