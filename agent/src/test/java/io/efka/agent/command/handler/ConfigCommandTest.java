package io.efka.agent.command.handler;

import static io.efka.agent.command.Rig.CAMERA;
import static io.efka.agent.command.Rig.camera;
import static io.efka.agent.command.Rig.code;
import static io.efka.agent.command.Rig.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.command.Rig;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class ConfigCommandTest {
    private static final String SET = "{\"id\":\"1\",\"set\":{\"every_s\":5}}";

    private final Rig rig = new Rig();

    private void taken() {
        heard(new CallResult.Done(
                JsonParser.parseString("{\"version\":8,\"config\":{\"every_s\":5},\"applied\":true}")));
    }

    private void heard(CallResult heard) {
        rig.channels.taken.complete(heard);
        rig.settle();
    }

    @Nested
    class Asked {
        @Test
        void saysWhatTheServiceIsTold() {
            rig.supervision.with(CAMERA);
            rig.send(camera("config"), "").settle();
            assertThat(rig.reply().get("version").getAsInt()).isEqualTo(7);
            assertThat(rig.reply().getAsJsonObject("config").size()).isZero();
            assertThat(rig.channels.configured).isEmpty();
        }

        @Test
        void aServiceThatThereIsNot() {
            rig.send(camera("config"), "").settle();
            assertThat(code(rig.reply())).isEqualTo("unknown_service");
            rig.send(camera("config"), SET).settle();
            assertThat(code(rig.lastReply())).isEqualTo("unknown_service");
            assertThat(rig.channels.configured).isEmpty();
        }
    }

    @Nested
    class Set {
        Set() {
            rig.supervision.running(CAMERA);
        }

        @Test
        void isAnsweredWhenTheServiceHasTakenIt() {
            rig.send(camera("config"), SET).settle();
            assertThat(rig.channels.configured).hasToString("[{\"every_s\":5}]");
            assertThat(rig.replies).isEmpty();

            taken();

            assertThat(rig.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(rig.reply().get("version").getAsInt()).isEqualTo(8);
            assertThat(rig.reply().get("applied").getAsBoolean()).isTrue();
            assertThat(rig.reply().getAsJsonObject("config")).hasToString("{\"every_s\":5}");
        }

        @Test
        void theReasonOfARefusalReachesTheReply() {
            rig.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            heard(new CallResult.Refused("every_s is missing"));
            assertThat(code(rig.reply())).isEqualTo("config_refused");
            assertThat(message(rig.reply())).isEqualTo("every_s is missing");
            assertThat(rig.supervision.told)
                    .as("no signal for what is not kept")
                    .isEmpty();
        }

        @Test
        void whoDoesNotWaitHearsThatItWasAccepted() {
            rig.send(camera("config"), "{\"id\":\"1\",\"set\":{},\"wait\":false}")
                    .settle();
            assertThat(rig.reply().get("accepted").getAsBoolean()).isTrue();
            taken();
            assertThat(rig.replies).hasSize(1);
        }

        @Test
        void isAskedAgainAfterACrash() {
            rig.send(camera("config"), SET).settle();

            Rig next = rig.nextLife();
            next.router.recover();
            next.settle();

            assertThat(next.channels.configured).hasToString("[{\"every_s\":5}]");
        }

        @Test
        void mustBeAnObject() {
            rig.send(camera("config"), "{\"set\":5}").settle();
            assertThat(code(rig.reply())).isEqualTo("bad_argument");
            assertThat(message(rig.reply())).contains("set").contains("5");
            assertThat(rig.channels.configured).isEmpty();
        }
    }

    @Nested
    class Signalled {
        @Test
        void aRunningServiceIsWhenItIsKept() {
            rig.supervision.running(CAMERA);
            rig.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            assertThat(rig.supervision.told).isEmpty();

            taken();

            assertThat(rig.supervision.told).containsExactly("signal camera HUP");
            assertThat(rig.reply().has("warnings")).isFalse();
        }

        @Test
        void aServiceThatDiedMeanwhileCostsAWarningAndNoMore() {
            rig.supervision.running(CAMERA);
            rig.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            rig.supervision.refuseSignals("service is not running");

            taken();

            assertThat(rig.reply().get("ok").getAsBoolean()).isTrue();
            JsonArray warnings = rig.reply().getAsJsonArray("warnings");
            assertThat(warnings.toString()).contains("HUP").contains("service is not running");
        }

        @Test
        void aServiceThatWasRemovedMeanwhileCostsAWarningAndNoMore() {
            rig.supervision.with(CAMERA);
            rig.send(camera("config"), "{\"set\":{},\"signal\":\"HUP\"}").settle();
            rig.supervision.remove(CAMERA);

            taken();

            assertThat(rig.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(rig.reply().getAsJsonArray("warnings")).hasSize(1);
        }

        @Test
        void anUnknownSignalIsRefusedBeforeAnythingHappens() {
            rig.supervision.running(CAMERA);
            rig.send(camera("config"), "{\"set\":{},\"signal\":\"WHISTLE\"}").settle();
            assertThat(code(rig.reply())).isEqualTo("bad_argument");
            assertThat(message(rig.reply())).contains("WHISTLE").contains("HUP");
            assertThat(rig.channels.configured).isEmpty();
        }
    }
}
