package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Commands that the agent itself issues. */
final class LocalCommandsTest {
    private final CommandFixture fixture = new CommandFixture();

    private CompletableFuture<CommandResult> run(ServiceId service, String command, String arguments) {
        JsonObject json = JsonParser.parseString(arguments).getAsJsonObject();
        return fixture.local.run(Optional.of(service), command, json, "desired/device/mine/1.1", true);
    }

    @Test
    void haveTheirEffectAndNobodyGetsAReply() {
        fixture.supervision.running(CAMERA);
        CompletableFuture<CommandResult> result = run(CAMERA, "switch", "{\"on\":false}");
        fixture.settle();
        assertThat(result.join()).isInstanceOf(CommandResult.Done.class);
        assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
        assertThat(fixture.replies).isEmpty();
        assertThat(fixture.audit)
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("command=switch", "service=camera", "id=desired/device/mine/1.1"));
    }

    @Test
    void areAnsweredWhenTheyAreRefused() {
        CompletableFuture<CommandResult> unknown = run(CAMERA, "switch", "{\"on\":true}");
        fixture.settle();
        assertThat(((CommandResult.Failed) unknown.join()).code()).isEqualTo(ErrorCode.UNKNOWN_SERVICE);
        fixture.supervision.with(CAMERA);
        CompletableFuture<CommandResult> wrong = run(CAMERA, "switch", "{}");
        fixture.settle();
        assertThat(((CommandResult.Failed) wrong.join()).code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
    }

    @Test
    void waitTheirTurnInTheQueueOfTheService() {
        fixture.supervision.running(CAMERA);
        CompletableFuture<CommandResult> removal = run(CAMERA, "remove", "{}");
        CompletableFuture<CommandResult> start = run(CAMERA, "switch", "{\"on\":true}");
        fixture.settle();
        assertThat(removal.join()).isInstanceOf(CommandResult.Done.class);
        assertThat(((CommandResult.Failed) start.join()).code()).isEqualTo(ErrorCode.UNKNOWN_SERVICE);
    }

    @Test
    void anErrorInOneEndsTheAgentAndABugIsAnswered() {
        var fatal = new ArrayList<Throwable>();
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> fatal.add(thrown));
        try {
            fixture.supervision.running(CAMERA);
            fixture.onAudit = line -> {
                throw new NoClassDefFoundError("the audit's");
            };
            run(CAMERA, "switch", "{\"on\":false}");
            fixture.settle();
            assertThat(fatal).hasOnlyElementsOfType(NoClassDefFoundError.class).hasSize(1);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
    }

    @Test
    void knowTheArgumentsOfACommandWithoutThoseOfAllCommands() {
        assertThat(fixture.local.arguments("deploy"))
                .containsAll(List.of("artifact", "manifest", "files", "release", "on_failure"))
                .doesNotContain("id", "wait", "reply_to");
    }
}
