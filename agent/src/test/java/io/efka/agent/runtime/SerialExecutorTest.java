package io.efka.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class SerialExecutorTest {
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private Executor pool = turns::add;
    private final SerialExecutor mailbox = new SerialExecutor("mailbox-of-test", task -> pool.execute(task));

    private void takeTurns() {
        while (!turns.isEmpty()) turns.remove().run();
    }

    @Test
    void tasksRunInTheirOrder() {
        mailbox.execute(() -> ran.add("first"));
        mailbox.execute(() -> ran.add("second"));

        takeTurns();

        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void aTaskThatThrowsDoesNotStopThoseBehindIt() {
        mailbox.execute(() -> {
            throw new IllegalStateException("a bug");
        });
        mailbox.execute(() -> ran.add("next"));

        takeTurns();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void aTurnThatThePoolRefusedIsAskedForAgain() {
        pool = task -> {
            throw new RejectedExecutionException("no thread");
        };
        mailbox.execute(() -> ran.add("first"));
        pool = turns::add;
        mailbox.execute(() -> ran.add("second"));

        takeTurns();

        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void aTurnThatWasLostToAnErrorIsAskedForAgain() {
        pool = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        assertThatThrownBy(() -> mailbox.execute(() -> ran.add("first"))).isInstanceOf(OutOfMemoryError.class);
        pool = turns::add;
        mailbox.execute(() -> ran.add("second"));

        takeTurns();

        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void showsWhetherItGetsOn() {
        assertThat(mailbox.isBusy()).isFalse();
        mailbox.execute(() -> ran.add("first"));
        assertThat(mailbox.isBusy()).isTrue();
        int steps = mailbox.steps();

        takeTurns();

        assertThat(mailbox.isBusy()).isFalse();
        assertThat(mailbox.steps()).isGreaterThan(steps);
        assertThat(mailbox.name()).isEqualTo("mailbox-of-test");
    }
}
