package io.efka.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private final FleetView view = new FleetView(new FleetTopics("efka"));

    private DeviceView device(String id, String... groups) {
        String list = groups.length == 0 ? "" : "\"" + String.join("\",\"", groups) + "\"";
        byte[] status = ("{\"online\":true,\"groups\":[" + list + "]}").getBytes(StandardCharsets.UTF_8);
        view.take(new Message("efka/" + id + "/status", status, 1, true, Message.Properties.NONE));
        return view.device(id).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate7", "gate7/camera", "gate-*/cam?", "@berlin", "@berlin/camera", "*", "*/*"})
    void isWrittenAsItIsRead(String text) {
        assertThat(Target.parse(text)).hasToString(text);
    }

    @Test
    void aDeviceIsNamedOrMatched() {
        DeviceView gate = device("gate7");

        assertThat(Target.parse("gate7").matches(gate)).isTrue();
        assertThat(Target.parse("gate*").matches(gate)).isTrue();
        assertThat(Target.parse("gate").matches(gate)).isFalse();
        assertThat(Target.parse("gate7").singleDevice()).contains("gate7");
        assertThat(Target.parse("gate*").singleDevice()).isEmpty();
    }

    @Test
    void aGroupHasItsDevicesAndAllHasEverybody() {
        DeviceView inBerlin = device("gate7", "all", "berlin");
        DeviceView nowhere = device("gate8");

        assertThat(Target.parse("@berlin").matches(inBerlin)).isTrue();
        assertThat(Target.parse("@berlin").matches(nowhere)).isFalse();
        assertThat(Target.parse("@all").matches(nowhere)).isTrue();
        assertThat(Target.parse("@berlin/cam").singleDevice()).isEmpty();
    }

    @Test
    void servicesAreThoseOfTheTargetThatMatchesTheDevice() {
        DeviceView gate = device("gate7");
        List<Target> targets = List.of(Target.parse("gate7/cam*"), Target.parse("gate8/door"));

        assertThat(Target.anyMatches(targets, gate, "camera")).isTrue();
        assertThat(Target.anyMatches(targets, gate, "door")).isFalse();
        assertThat(Target.parse("gate7").includes("anything")).isTrue();
        assertThat(Target.parse("gate7/cam").singleService()).contains("cam");
        assertThat(Target.parse("gate7/cam*").singleService()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "gate7/", "/camera", "a/b/c", "@", "@/x", "@a b", "@ber*", "gate 7", "gate7/+", "#"})
    void whatCannotMatchIsRefusedWithWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> Target.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }
}
