package io.efka.agent.command;

import static io.efka.agent.command.Rig.CAMERA;
import static io.efka.agent.command.Rig.camera;
import static io.efka.agent.command.Rig.device;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the log says of commands. */
final class CommandAuditTest {
    private final Rig rig = new Rig();

    @Test
    void aCommandThatChangedSomethingIsOneLine() {
        rig.supervision.with(CAMERA);
        rig.send(camera("start"), "{\"id\":\"7f3a\",\"reply_to\":\"answers/2\"}")
                .settle();
        assertThat(rig.audit)
                .containsExactly("command=start service=camera id=7f3a ok=true took=0ms"
                        + " topic=efka/dev1/svc/camera/cmd/start reply_to=answers/2");
    }

    @Test
    void aRefusedCommandSaysWhy() {
        rig.supervision.running(CAMERA);
        rig.send(camera("start"), "").settle();
        assertThat(rig.audit)
                .singleElement()
                .asString()
                .contains("ok=false code=already_running message=\"service is running\"");
    }

    @Test
    void aCommandThatThereIsNotIsWrittenDownToo() {
        rig.send(device("selfdestruct"), "").settle();
        assertThat(rig.audit)
                .singleElement()
                .asString()
                .startsWith("command=selfdestruct ok=false code=unknown_command");
    }

    @Test
    void aQueryIsNot() {
        rig.send(device("ping"), "").settle();
        rig.send(device("ping"), "{").settle();
        assertThat(rig.audit).isEmpty();
    }

    @Test
    void anApplyNamesWhatItDid() {
        rig.send(device("apply"), "{\"services\":{\"camera\":{\"manifest\":" + "{\"exec\":\"run.sh\"}}}}")
                .settle();
        assertThat(rig.audit).singleElement().asString().contains("ok=true", "actions=camera:installed,camera:started");
    }

    @Test
    void noSecretOfAPayloadIsWritten() {
        rig.supervision.with(CAMERA);
        rig.send(camera("start"), "{\"password\":hunter2}").settle();
        rig.send(camera("start"), "{\"wait\":\"hunter2\"}").settle();
        rig.send(camera("install"), "{\"manifest\":{\"service_id\":\"camera\",\"env\":\"hunter2\"}}")
                .settle();
        assertThat(rig.audit).hasSize(3).allMatch(line -> line.contains("ok=false"));
        assertThat(String.join("\n", rig.audit)).doesNotContain("hunter2");
    }

    @Test
    void aTopicCannotForgeAKeyOfTheLine() {
        rig.send(device("x ok=true"), "").settle();
        assertThat(rig.audit).singleElement().asString().startsWith("command=\"x ok=true\" ok=false");
    }

    @Test
    void aCommandThatIsFinishedAfterACrashSaysSo() {
        rig.supervision.with(CAMERA);
        rig.send(camera("reset"), "{\"id\":\"1\"}");
        rig.tasks.poll().run();
        rig.tasks.poll().run();
        Rig next = rig.nextLife();
        next.router.recover();
        next.settle();
        assertThat(next.audit).singleElement().asString().contains("command=reset", "ok=true", "repeated=true");
    }
}
