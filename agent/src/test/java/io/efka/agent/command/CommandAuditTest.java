package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.device;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the log says of commands. */
final class CommandAuditTest {
    private final CommandFixture fixture = new CommandFixture();

    @Test
    void aCommandThatChangedSomethingIsOneLine() {
        fixture.supervision.with(CAMERA);
        fixture.send(camera("start"), "{\"id\":\"7f3a\",\"reply_to\":\"answers/2\"}")
                .settle();
        assertThat(fixture.audit)
                .containsExactly("command=start service=camera id=7f3a ok=true took=0ms"
                        + " topic=efka/dev1/svc/camera/cmd/start reply_to=answers/2");
    }

    @Test
    void aRefusedCommandSaysWhy() {
        fixture.supervision.running(CAMERA);
        fixture.send(camera("start"), "").settle();
        assertThat(fixture.audit)
                .singleElement()
                .asString()
                .contains("ok=false code=already_running message=\"service is running\"");
    }

    @Test
    void aCommandThatThereIsNotIsWrittenDownToo() {
        fixture.send(device("selfdestruct"), "").settle();
        assertThat(fixture.audit)
                .singleElement()
                .asString()
                .startsWith("command=selfdestruct ok=false code=unknown_command");
    }

    @Test
    void aQueryIsNot() {
        fixture.send(device("ping"), "").settle();
        fixture.send(device("ping"), "{").settle();
        assertThat(fixture.audit).isEmpty();
    }

    @Test
    void anApplyNamesWhatItDid() {
        fixture.send(device("apply"), "{\"services\":{\"camera\":{\"manifest\":" + "{\"exec\":\"run.sh\"}}}}")
                .settle();
        assertThat(fixture.audit)
                .singleElement()
                .asString()
                .contains("ok=true", "actions=camera:installed,camera:started");
    }

    @Test
    void noSecretOfAPayloadIsWritten() {
        fixture.supervision.with(CAMERA);
        fixture.send(camera("start"), "{\"password\":hunter2}").settle();
        fixture.send(camera("start"), "{\"wait\":\"hunter2\"}").settle();
        fixture.send(camera("install"), "{\"manifest\":{\"service_id\":\"camera\",\"env\":\"hunter2\"}}")
                .settle();
        assertThat(fixture.audit).hasSize(3).allMatch(line -> line.contains("ok=false"));
        assertThat(String.join("\n", fixture.audit)).doesNotContain("hunter2");
    }

    @Test
    void aTopicCannotForgeAKeyOfTheLine() {
        fixture.send(device("x ok=true"), "").settle();
        assertThat(fixture.audit).singleElement().asString().startsWith("command=\"x ok=true\" ok=false");
    }

    @Test
    void aCommandThatIsFinishedAfterACrashSaysSo() {
        fixture.supervision.with(CAMERA);
        fixture.send(camera("reset"), "{\"id\":\"1\"}");
        fixture.tasks.poll().run();
        fixture.tasks.poll().run();
        CommandFixture next = fixture.nextLife();
        next.router.recover();
        next.settle();
        assertThat(next.audit).singleElement().asString().contains("command=reset", "ok=true", "repeated=true");
    }
}
