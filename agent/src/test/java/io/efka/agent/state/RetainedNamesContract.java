package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.telemetry.RetainedNames;
import io.efka.protocol.ServiceId;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every memory of retained names does. A subclass hands it in; it is empty. */
abstract class RetainedNamesContract {
    static final ServiceId CAMERA = new ServiceId("camera");
    static final ServiceId LAMP = new ServiceId("lamp");

    abstract RetainedNames names();

    @Test
    void isEmptyAtFirst() {
        assertThat(names().load()).isEmpty();
    }

    @Test
    void givesBackTheNamesThatWereSavedLast() {
        names().saveSoon(CAMERA, Set.of("a", "b"));
        names().saveSoon(CAMERA, Set.of("b", "c.d_e-f"));
        names().saveSoon(LAMP, Set.of("a"));
        assertThat(names().load()).isEqualTo(Map.of(CAMERA, Set.of("b", "c.d_e-f"), LAMP, Set.of("a")));
    }

    @Test
    void forgetsAServiceThatRetainsNothingAnyMore() {
        names().saveSoon(CAMERA, Set.of("a"));
        names().saveSoon(LAMP, Set.of("a"));
        names().saveSoon(CAMERA, Set.of());
        names().saveSoon(new ServiceId("unknown"), Set.of());
        assertThat(names().load()).isEqualTo(Map.of(LAMP, Set.of("a")));
    }

    @Test
    void holdsAsManyAsAServiceMayRetain() {
        Set<String> all =
                IntStream.range(0, 1_000).mapToObj(i -> "n".repeat(60) + i).collect(Collectors.toSet());
        names().saveSoon(CAMERA, all);
        assertThat(names().load()).isEqualTo(Map.of(CAMERA, all));
    }
}
