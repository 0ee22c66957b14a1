package io.efka.threads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FatalErrorsTest {
    private final LinkedBlockingQueue<Integer> halts = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void uninstall() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        never.countDown();
    }

    private FatalErrors installed(OutputStream to) {
        return new FatalErrors(to, halts::add, Duration.ofMillis(50)).install();
    }

    /** As a terminal that is held, or a pipe that nobody reads. */
    private OutputStream held() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
    }

    private Integer halted() throws InterruptedException {
        return halts.poll(10, TimeUnit.SECONDS);
    }

    private void onAThread(Runnable work) throws InterruptedException {
        var thread = new Thread(work, "worker-of-test");
        thread.start();
        thread.join(10_000);
    }

    private String said() {
        return stderr.toString(UTF_8);
    }

    @Nested
    class AnError {
        @Test
        void ofAThreadEndsTheProcess() throws Exception {
            installed(stderr);

            onAThread(() -> {
                throw new NoClassDefFoundError("io/efka/Gone");
            });

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
            assertThat(said())
                    .contains("thread worker-of-test: java.lang.NoClassDefFoundError: io/efka/Gone")
                    .contains("exit code 70")
                    .contains("\"agent-halt\"");
        }

        @Test
        void ofATaskEndsTheProcess() throws Exception {
            installed(stderr);

            onAThread(() -> FatalErrors.run(() -> {
                throw new OutOfMemoryError("Java heap space");
            }));

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }

        @Test
        void ofACallbackOfAFutureEndsTheProcess() throws Exception {
            installed(stderr);
            var future = new CompletableFuture<String>();
            future.whenComplete(FatalErrors.top((value, problem) -> {
                throw new OutOfMemoryError("Java heap space");
            }));

            onAThread(() -> future.complete("done"));

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }

        @Test
        void thatAFutureKeptEndsTheProcess() throws Exception {
            installed(stderr);
            CompletableFuture<String> failed = CompletableFuture.<String>failedFuture(new InternalError("kept"))
                    .thenApply(String::strip);

            failed.whenComplete((value, problem) -> FatalErrors.thrown("a stage", problem));

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }

        @Test
        void thatALibraryWrappedEndsTheProcess() throws Exception {
            installed(stderr);

            FatalErrors.haltOnError(new IOException("lost", new RuntimeException(new InternalError("deep"))));

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }
    }

    @Nested
    class ABug {
        @Test
        void ofATaskEndsNothing() {
            installed(stderr);

            FatalErrors.run(() -> {
                throw new IllegalStateException("a bug");
            });
            FatalErrors.run(() -> {
                throw new RejectedExecutionException("closed");
            });
            FatalErrors.haltOnError(new IOException("lost", new IOException("why")));

            assertThat(halts).isEmpty();
            assertThat(said()).isEmpty();
        }

        @Test
        void thatEndsAThreadOfTheAgentEndsTheProcess() throws Exception {
            installed(stderr);

            new AgentThread("agent-of-test", () -> {
                        throw new IllegalStateException("a bug");
                    })
                    .start();

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }

        @Test
        void thatEndsAnotherThreadEndsNothing() throws Exception {
            installed(stderr);

            onAThread(() -> {
                throw new IllegalStateException("a bug of a library");
            });

            assertThat(halts).isEmpty();
        }
    }

    @Nested
    class Leaving {
        @Test
        void saysWhyAndEndsWithTheCodeThatWasAskedFor() throws Exception {
            installed(stderr).leave("the lock file was deleted", ExitCode.BUSY);

            assertThat(halted()).isEqualTo(75);
            assertThat(said()).isEqualTo("efka: the lock file was deleted\nefka: ending at once with exit code 75\n");
        }

        @Test
        void isNotHeldUpByAStderrThatNobodyReads() throws Exception {
            var haltedBy = new LinkedBlockingQueue<String>();
            FatalErrors fatal = patient(held(), haltedBy);

            onAThread(() -> fatal.leave("the lock file was deleted", ExitCode.BUSY));

            assertThat(halted()).isEqualTo(75);
            assertThat(haltedBy.poll())
                    .as("not the thread that ends what is late")
                    .isEqualTo("worker-of-test");
        }

        @Test
        void isNotHeldUpByAnEndThatHangs() throws Exception {
            FatalErrors fatal = patient(held(), new LinkedBlockingQueue<>());
            new Thread(() -> fatal.halt("a deadlock")).start();

            fatal.leave("the lock file was deleted", ExitCode.BUSY);

            assertThat(halted()).isEqualTo(75);
        }

        /** Would be ended after 8 s. */
        private FatalErrors patient(OutputStream to, Queue<String> haltedBy) {
            IntConsumer halt = code -> {
                haltedBy.add(Thread.currentThread().getName());
                halts.add(code);
            };
            return new FatalErrors(to, halt, Duration.ofSeconds(4)).install();
        }
    }

    @Nested
    class TheLastWords {
        @Test
        void areInAFileThatOnlyItsOwnerReads(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("thread-dump.txt");
            Files.writeString(file, "of an earlier agent");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            installed(stderr).dumpTo(file);

            onAThread(() -> {
                throw new OutOfMemoryError("Java heap space");
            });

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
            assertThat(file).content().contains("worker-of-test").contains("\"agent-halt\"");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }

        @Test
        void areNotWaitedForWhenNobodyReadsThem() throws Exception {
            installed(held());

            var thread = new Thread(() -> {
                throw new OutOfMemoryError("Java heap space");
            });
            thread.start();

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }

        @Test
        void areNotWaitedForWhenTheFileCannotBeWritten(@TempDir Path folder) throws Exception {
            installed(stderr).dumpTo(folder.resolve("gone").resolve("thread-dump.txt"));

            onAThread(() -> {
                throw new OutOfMemoryError("Java heap space");
            });

            assertThat(halted()).isEqualTo(ExitCode.INTERNAL.number());
        }
    }
}
