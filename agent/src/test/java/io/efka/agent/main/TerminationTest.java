package io.efka.agent.main;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.efka.agent.app.Lifecycle;
import io.efka.threads.ExitCode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

final class TerminationTest {
    private final Map<String, IntConsumer> signals = new HashMap<>();
    private final List<Integer> halts = new ArrayList<>();
    private final Termination termination = new Termination(signals::put, halts::add, Duration.ofMillis(20));

    private static final List<String> ALL = List.of("TERM", "INT", "HUP");

    @Test
    void aHangupThatIsForSomethingElseEndsNothingHoweverOftenItComes() {
        var reread = new ArrayList<String>();
        termination.onSignal(List.of("TERM", "INT"), () -> {}, Duration.ofSeconds(5));
        termination.onHangup(() -> reread.add("reread"));

        raise("HUP", 1);
        raise("HUP", 1);

        assertThat(reread).hasSize(2);
        assertThat(halts).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void theFirstSignalEndsGracefully(String name) {
        var ended = new ArrayList<String>();
        termination.onSignal(ALL, () -> ended.add("ended"), Duration.ofSeconds(5));

        raise(name, 15);

        assertThat(ended).containsExactly("ended");
        assertThat(halts).isEmpty();
    }

    @Test
    void anotherSignalEndsAtOnce() {
        termination.onSignal(ALL, () -> {}, Duration.ofSeconds(5));

        raise("TERM", 15);
        raise("INT", 2);

        assertThat(halts).containsExactly(130);
    }

    @Test
    void anEndThatTakesTooLongIsGivenUp() {
        var never = new CountDownLatch(1);
        termination.onSignal(ALL, () -> awaitForLong(never), Duration.ZERO);

        raise("TERM", 15);

        assertThat(halts).containsExactly(ExitCode.INTERNAL.number());
        never.countDown();
    }

    @Test
    void anEndThatBreaksDownIsGivenUp() {
        termination.onSignal(
                ALL,
                () -> {
                    throw new NoClassDefFoundError("the jar was overwritten");
                },
                Duration.ofSeconds(5));

        raise("TERM", 15);

        assertThat(halts).containsExactly(ExitCode.INTERNAL.number());
    }

    @Test
    void anEndThatBreaksDownIsGivenUpAlsoWhereItsReasonCannotBeLogged() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        // Ahead of the filter that keeps the log of tests quiet, which would hold the line back.
        var broken = new TurboFilter() {
            @Override
            public FilterReply decide(
                    @Nullable Marker marker,
                    Logger logger,
                    Level level,
                    @Nullable String format,
                    Object @Nullable [] values,
                    @Nullable Throwable thrown) {
                if (logger.getName().equals(Termination.class.getName()) && level == Level.ERROR) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return FilterReply.NEUTRAL;
            }
        };
        context.getTurboFilterList().add(0, broken);
        try {
            termination.onSignal(
                    ALL,
                    () -> {
                        throw new NoClassDefFoundError("the jar was overwritten");
                    },
                    Duration.ofSeconds(5));

            raise("TERM", 15);
        } finally {
            context.getTurboFilterList().remove(broken);
        }

        assertThat(halts).containsExactly(ExitCode.INTERNAL.number());
    }

    /** With a process of its own, since the signals of this one belong to the test runner. */
    @Nested
    class InAProcess {
        @Test
        void aGracefulEndIsASuccess() throws Exception {
            Process process = start("willing");

            kill("-TERM", process);

            assertThat(exitCode(process)).isZero();
        }

        @Test
        void aSecondSignalEndsAnUnwillingOneAtOnce() throws Exception {
            Process process = start("unwilling");
            BufferedReader said = said(process);

            kill("-TERM", process);
            assertThat(said.readLine()).isEqualTo("closing");
            kill("-TERM", process); // not INT or HUP: the build may ignore them, under nohup for one

            assertThat(exitCode(process)).isEqualTo(143);
        }

        private Process start(String manner) throws Exception {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(
                            java,
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Program.class.getName(),
                            manner)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(said(process).readLine()).isEqualTo("running");
            return process;
        }

        /** Unbuffered beyond a line: a program says one at a time. */
        private BufferedReader said(Process process) {
            return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8), 1);
        }

        private void kill(String signal, Process process) throws Exception {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }

        private int exitCode(Process process) throws InterruptedException {
            boolean ended = process.waitFor(20, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).isTrue();
            return process.exitValue();
        }
    }

    private void raise(String name, int number) {
        signals.getOrDefault(name, ignored -> {}).accept(number);
    }

    private static void awaitForLong(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the process tests run. */
    static final class Program implements Lifecycle {
        private final CountDownLatch ended = new CountDownLatch(1);
        private final boolean willing;

        private Program(boolean willing) {
            this.willing = willing;
        }

        public static void main(String[] arguments) {
            var program = new Program(arguments[0].equals("willing"));
            var termination = new Termination(new JvmSignals(), Runtime.getRuntime()::halt);
            var operation = new DaemonRunner(termination, new PrintWriter(System.err, true, UTF_8));
            System.exit(operation.run(program, Duration.ofSeconds(30)).number());
        }

        @Override
        public void start() {
            System.out.println("running");
        }

        @Override
        public ExitCode awaitEnd() throws InterruptedException {
            ended.await();
            return ExitCode.OK;
        }

        @Override
        public void close() {
            System.out.println("closing");
            if (!willing) awaitForLong(new CountDownLatch(1));
            ended.countDown();
        }
    }
}
