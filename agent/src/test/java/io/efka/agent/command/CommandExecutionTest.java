package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.device;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An {@code Error} where a command's result is handed over must end the agent: a future would keep it to itself. */
final class CommandExecutionTest {
    private final CommandFixture fixture = new CommandFixture();
    private final List<Throwable> fatal = new ArrayList<>();
    private final Thread.UncaughtExceptionHandler before =
            Thread.currentThread().getUncaughtExceptionHandler();

    @BeforeEach
    void collect() {
        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> fatal.add(thrown));
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setUncaughtExceptionHandler(before);
    }

    @Test
    void whenTheResultBecomesAReply() {
        fixture.refusal = reply -> {
            throw new NoClassDefFoundError("the reply's");
        };

        fixture.send(device("ping"), "").settle();

        assertThat(fatal).hasOnlyElementsOfType(NoClassDefFoundError.class).hasSize(1);
    }

    @Test
    void whenAResultComesLater() {
        fixture.supervision.running(CommandFixture.CAMERA).isHolding = true;
        fixture.send(camera("stop"), "").settle();
        fixture.onAudit = line -> {
            throw new NoClassDefFoundError("the audit's");
        };

        fixture.supervision.letGo();
        fixture.settle();

        assertThat(fatal).hasOnlyElementsOfType(NoClassDefFoundError.class).hasSize(1);
    }

    @Test
    void whenTheAgentIsToEndAfterItsReply() {
        fixture.onShutdown = () -> {
            throw new NoClassDefFoundError("the end's");
        };

        fixture.send(device("shutdown"), "").settle();

        assertThat(fatal).hasOnlyElementsOfType(NoClassDefFoundError.class).hasSize(1);
    }
}
