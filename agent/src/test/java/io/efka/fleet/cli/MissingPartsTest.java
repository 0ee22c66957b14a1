package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that does its work for the part of the fleet that came must not look as if that were all. */
@Timeout(30)
class MissingPartsTest {
    private static final int BUSY = 75;

    private final CommandFixture fleet = new CommandFixture();

    @BeforeEach
    void aDeviceSaysThatItHasMoreThanComes() {
        fleet.device("gate7", "cam");
        fleet.broker.retain("efka/gate7/status", "{\"online\":true,\"services\":{\"running\":2}}");
        fleet.broker.taking(command -> fleet.broker.reply(
                command, "{\"ok\":true,\"stream\":\"stdout\",\"offset\":0,\"next\":0,\"oldest\":0,\"text\":\"\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stop @all/* --yes", "stop @all/x*", "logs @all/*", "logs @all/x*", "wait gate7/* --for running"
            })
    void itSaysSoAndDoesNotEndWithSuccess(String line) {
        String[] words = line.split(" ", 2);

        assertThat(fleet.efka(words[0], words[1].split(" "))).as(fleet.err()).isEqualTo(BUSY);

        assertThat(fleet.err()).contains("1 of 2 services came; missing of gate7");
    }
}
