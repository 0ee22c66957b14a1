package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ExitPoller;
import io.efka.agent.process.tree.ExitReader;
import io.efka.agent.process.tree.ProcessTrees;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import io.efka.agent.process.tree.Signaller;
import io.efka.agent.process.tree.TreeReaper;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What looks after processes goes on, whatever becomes of what it tells. */
final class WatchesTest {
    private static final ProcessIdentity GONE = new ProcessIdentity(Integer.MAX_VALUE - 1, 1, "an earlier boot");
    private static final ProcessIdentity GONE_TOO = new ProcessIdentity(Integer.MAX_VALUE - 2, 1, "an earlier boot");

    private final FakeTimers timers = new FakeTimers();
    private final RetryingExecutor work = new RetryingExecutor(Runnable::run, timers);
    private final Signaller signaller = new Signaller();
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void close() {
        signaller.close();
    }

    @Test
    void anEndWhoseListenerThrowsDoesNotHideOthers() {
        var watch = new ExitPoller(new ProcessTable(), work);
        watch.watch(GONE, () -> {
            throw new IllegalStateException("a bug");
        });
        timers.advance(Duration.ofSeconds(1));

        watch.watch(GONE_TOO, () -> told.add("noticed"));
        timers.advance(Duration.ofSeconds(1));

        assertThat(told).containsExactly("noticed");
    }

    @Test
    void aTreeIsLookedAfterAlsoWhenALookFailed() {
        var watched = new TreeReaper.Watched() {
            int looks;

            @Override
            public TreeId treeId() {
                if (looks++ == 0) throw new IllegalStateException("a bug");
                return new TreeId(TreeId.Mark.of(TestService.newRun()), Optional.of(GONE), Optional.empty());
            }

            @Override
            public boolean isKilling() {
                return false;
            }

            @Override
            public boolean foundEmpty() {
                told.add("empty");
                return true;
            }
        };
        var watch = new TreeReaper(new ProcessTrees(new ProcessTable(), signaller), work);

        assertThatThrownBy(() -> watch.follow(watched)).hasMessage("a bug");
        timers.advance(Duration.ofSeconds(2));

        assertThat(told).containsExactly("empty");
    }

    @Test
    void anEndIsToldAlsoWhereTheJdkHasNoThreadToTellIt() {
        var process = new EndedProcess(CompletableFuture.failedFuture(new OutOfMemoryError("no thread")));

        ExitReader.whenEnded(process, work, code -> told.add("exit code " + code));

        assertThat(told).containsExactly("exit code 7");
    }

    @Test
    void anEndIsAskedForAgainWhereTheJdkHasNoThreadToWaitForIt() {
        var process = new EndedProcess(CompletableFuture.completedFuture(null)) {
            private boolean refused;

            @Override
            public CompletableFuture<Process> onExit() {
                if (refused) return super.onExit();
                refused = true;
                throw new OutOfMemoryError("unable to create native thread");
            }
        };

        ExitReader.whenEnded(process, work, code -> told.add("exit code " + code));
        assertThat(told).isEmpty();
        timers.advance(Duration.ofSeconds(1));

        assertThat(told).containsExactly("exit code 7");
    }

    /** A process that has ended with 7, as the JDK tells it. */
    private static class EndedProcess extends Process {
        private final CompletableFuture<Process> end;

        EndedProcess(CompletableFuture<Process> end) {
            this.end = end;
        }

        @Override
        public CompletableFuture<Process> onExit() {
            return end;
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public int waitFor() {
            return 7;
        }

        @Override
        public int exitValue() {
            return 7;
        }

        @Override
        public void destroy() {}
    }
}
