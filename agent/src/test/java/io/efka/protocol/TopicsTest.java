package io.efka.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.protocol.Topics.GroupId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    private final Topics topics = new Topics("efka", new DeviceId("dev1"), List.of(new GroupId("north")));

    @Nested
    class Building {
        @Test
        void topicsOfTheDeviceAndOfAService() {
            assertThat(topics.device("status")).isEqualTo("efka/dev1/status");
            assertThat(topics.service(new ServiceId("camera"), "stdout")).isEqualTo("efka/dev1/svc/camera/stdout");
        }

        @Test
        void commandsComeForTheDeviceAndForEveryGroup() {
            assertThat(topics.commandFilters())
                    .containsExactly(
                            "efka/dev1/cmd/#",
                            "efka/dev1/svc/+/cmd/#",
                            "efka/group/all/cmd/#",
                            "efka/group/all/svc/+/cmd/#",
                            "efka/group/north/cmd/#",
                            "efka/group/north/svc/+/cmd/#");
        }

        @Test
        void everyDeviceIsInAllOnce() {
            var named = new Topics("efka", new DeviceId("dev1"), List.of(GroupId.ALL));
            assertThat(named.groups()).containsExactly(GroupId.ALL);
        }

        @Test
        void aPrefixMayHaveLevels() {
            var deep = new Topics("acme/plant-7", new DeviceId("dev1"), List.of());
            assertThat(deep.device("status")).isEqualTo("acme/plant-7/dev1/status");
            assertThat(deep.parse("acme/plant-7/dev1/cmd/ping")).isPresent();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "/efka", "efka/", "ef+ka", "efka/#", "ef\0ka", "a//b"})
        void aBadPrefixIsRefused(String prefix) {
            assertThatThrownBy(() -> new Topics(prefix, new DeviceId("dev1"), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bad prefix");
        }
    }

    @Nested
    class TakingApart {
        @Test
        void aCommandToTheDevice() {
            assertThat(topics.parse("efka/dev1/cmd/ping")).contains(to(Optional.empty(), Optional.empty(), "ping"));
        }

        @Test
        void aCommandToAService() {
            assertThat(topics.parse("efka/dev1/svc/camera/cmd/start"))
                    .contains(to(Optional.empty(), Optional.of("camera"), "start"));
        }

        @Test
        void aCallKeepsItsSecondLevel() {
            assertThat(topics.parse("efka/dev1/svc/camera/cmd/call/blink"))
                    .contains(to(Optional.empty(), Optional.of("camera"), "call/blink"));
        }

        @Test
        void aCommandToAGroupOfThisDevice() {
            var north = Optional.of(new GroupId("north"));
            assertThat(topics.parse("efka/group/north/cmd/list")).contains(to(north, Optional.empty(), "list"));
            assertThat(topics.parse("efka/group/north/svc/camera/cmd/stop"))
                    .contains(to(north, Optional.of("camera"), "stop"));
        }

        @Test
        void aServiceNamedLikeALevelIsAService() {
            assertThat(topics.parse("efka/dev1/svc/cmd/cmd/start"))
                    .contains(to(Optional.empty(), Optional.of("cmd"), "start"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "efka/dev2/cmd/ping",
                    "efka/group/south/cmd/ping",
                    "efka/group",
                    "efka/dev1",
                    "efka/dev1/cmd",
                    "efka/dev1/svc",
                    "efka/dev1/svc/camera",
                    "efka/dev1/svc/camera/cmd",
                    "efka/dev1/svc/camera/status",
                    "efka/dev1/status",
                    "other/dev1/cmd/ping",
                    "efkadev1/cmd/ping",
                    "efka",
                    ""
                })
        void whatIsNoCommandForThisDeviceIsEmpty(String topic) {
            assertThat(topics.parse(topic)).isEmpty();
        }

        private Topics.CommandTopic to(Optional<GroupId> group, Optional<String> service, String command) {
            return new Topics.CommandTopic(group, service, command);
        }
    }

    @Nested
    class WhatAgentsUse {
        @ParameterizedTest
        @CsvSource({
            "efka/dev1/cmd/ping, commands",
            "efka/dev2/cmd/shutdown, commands",
            "efka/dev2/cmd, commands",
            "efka/dev2/svc/camera/cmd/stop, commands",
            "efka/dev2/svc/cmd/cmd/call/blink, commands",
            "efka/group/all/cmd/shutdown, commands",
            "efka/group/elsewhere/svc/camera/cmd/stop, commands",
            "efka/dev2/desired/base, desired state",
            "efka/dev2/desired, desired state",
            "efka/group/all/desired/base, desired state",
            "efka/dev2/reported/base, desired state",
            "efka/group/all/artifact/0f3a/chunk/1, artifacts",
            "efka/dev2/status, statuses",
            "efka/dev2/svc/camera/status, statuses",
            "efka/dev2/event, events",
            "efka/dev2/svc/camera/event, events",
            "efka/dev2/metrics, metrics",
            "efka/dev2/svc/camera/data/level, what services publish",
            "efka/dev2/svc/camera/stdout, output",
            "efka/dev2/svc/camera/stderr, output"
        })
        void isKnownOfTheWholePrefix(String topic, String use) {
            assertThat(topics.use(topic)).contains(use);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "efka/dev1/reply",
                    "efka/dev2/reply/of/mine",
                    "efka/dev1/svc/cmd/reply",
                    "efka/answers",
                    "efka",
                    "efka/group/cmd",
                    "efkadev1/cmd/ping",
                    "other/dev1/cmd/ping",
                    "my/status"
                })
        void isNothingElse(String topic) {
            assertThat(topics.use(topic)).isEmpty();
        }
    }

    @Nested
    class Ids {
        @Test
        void groupIsNoDevice() {
            assertThatThrownBy(() -> new DeviceId("group")).hasMessageContaining("reserved");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "..", ".hidden", "-dash", "a/b", "a+b", "a b", "ü", "nul\0"})
        void illegalNamesAreRefused(String name) {
            assertThatThrownBy(() -> new DeviceId(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new GroupId(name)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void sixtyFourCharactersAreTheMost() {
            assertThat(new DeviceId("x".repeat(64)).value()).hasSize(64);
            assertThatThrownBy(() -> new DeviceId("x".repeat(65))).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
