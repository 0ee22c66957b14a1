package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.command.CommandFixture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class ConfigCommandTest {
    private static final String SET = "{\"id\":\"1\",\"set\":{\"every_s\":5}}";

    private final CommandFixture fixture = new CommandFixture();

    private void taken() {
        heard(new CallResult.Done(
                JsonParser.parseString("{\"version\":8,\"config\":{\"every_s\":5},\"applied\":true}")));
    }

    private void heard(CallResult heard) {
        fixture.channels.taken.complete(heard);
        fixture.settle();
    }

    @Nested
    class Asked {
        @Test
        void saysWhatTheServiceIsTold() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("config"), "").settle();
            assertThat(fixture.reply().get("version").getAsInt()).isEqualTo(7);
            assertThat(fixture.reply().getAsJsonObject("config").size()).isZero();
            assertThat(fixture.channels.configured).isEmpty();
        }

        @Test
        void aServiceThatThereIsNot() {
            fixture.send(camera("config"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("unknown_service");
            fixture.send(camera("config"), SET).settle();
            assertThat(code(fixture.lastReply())).isEqualTo("unknown_service");
            assertThat(fixture.channels.configured).isEmpty();
        }
    }

    @Nested
    class Set {
        Set() {
            fixture.supervision.running(CAMERA);
        }

        @Test
        void isAnsweredWhenTheServiceHasTakenIt() {
            fixture.send(camera("config"), SET).settle();
            assertThat(fixture.channels.configured).hasToString("[{\"every_s\":5}]");
            assertThat(fixture.replies).isEmpty();

            taken();

            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.reply().get("version").getAsInt()).isEqualTo(8);
            assertThat(fixture.reply().get("applied").getAsBoolean()).isTrue();
            assertThat(fixture.reply().getAsJsonObject("config")).hasToString("{\"every_s\":5}");
        }

        @Test
        void theReasonOfARefusalReachesTheReply() {
            fixture.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            heard(new CallResult.Refused("every_s is missing"));
            assertThat(code(fixture.reply())).isEqualTo("config_refused");
            assertThat(message(fixture.reply())).isEqualTo("every_s is missing");
            assertThat(fixture.supervision.told)
                    .as("no signal for what is not kept")
                    .isEmpty();
        }

        @Test
        void whoDoesNotWaitHearsThatItWasAccepted() {
            fixture.send(camera("config"), "{\"id\":\"1\",\"set\":{},\"wait\":false}")
                    .settle();
            assertThat(fixture.reply().get("accepted").getAsBoolean()).isTrue();
            taken();
            assertThat(fixture.replies).hasSize(1);
        }

        @Test
        void isAskedAgainAfterACrash() {
            fixture.send(camera("config"), SET).settle();

            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();

            assertThat(next.channels.configured).hasToString("[{\"every_s\":5}]");
        }

        @Test
        void mustBeAnObject() {
            fixture.send(camera("config"), "{\"set\":5}").settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
            assertThat(message(fixture.reply())).contains("set").contains("5");
            assertThat(fixture.channels.configured).isEmpty();
        }
    }

    @Nested
    class Signalled {
        @Test
        void aRunningServiceIsWhenItIsKept() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            assertThat(fixture.supervision.told).isEmpty();

            taken();

            assertThat(fixture.supervision.told).containsExactly("signal camera HUP");
            assertThat(fixture.reply().has("warnings")).isFalse();
        }

        @Test
        void aServiceThatDiedMeanwhileCostsAWarningAndNoMore() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            fixture.supervision.refuseSignals("service is not running");

            taken();

            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            JsonArray warnings = fixture.reply().getAsJsonArray("warnings");
            assertThat(warnings.toString()).contains("HUP").contains("service is not running");
        }

        @Test
        void aServiceThatWasRemovedMeanwhileCostsAWarningAndNoMore() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            fixture.supervision.remove(CAMERA);

            taken();

            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.reply().getAsJsonArray("warnings")).hasSize(1);
        }

        @Test
        void anUnknownSignalIsRefusedBeforeAnythingHappens() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("config"), "{\"set\":{},\"signal\":\"WHISTLE\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
            assertThat(message(fixture.reply())).contains("WHISTLE").contains("HUP");
            assertThat(fixture.channels.configured).isEmpty();
        }
    }
}
