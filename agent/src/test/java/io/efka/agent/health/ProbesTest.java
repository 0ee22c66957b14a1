package io.efka.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.efka.agent.process.Machine;
import io.efka.agent.process.ProcessLauncher;
import io.efka.agent.process.TestService;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.supervision.Prober.Verdict;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import io.efka.threads.Timers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProbesTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    /** What is expected to answer must be able to on a busy machine as well. */
    private static final Duration LONG = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private Machine machine;
    private Probes probes;

    @BeforeEach
    void open() throws IOException {
        machine = new Machine(folder, Cgroups.none());
        probes = probes(machine.timers);
    }

    private Probes probes(Timers timers) {
        return new Probes(
                machine.environment(), timers, new ProcessLauncher.Executors(machine.executor, machine.processes));
    }

    /** The time of a probe is over when the test says so, so that its command has begun; all other timers are real. */
    private static final class HeldTimers implements Timers {
        private final Timers real;
        private final List<Runnable> held = new CopyOnWriteArrayList<>();

        HeldTimers(Timers real) {
            this.real = real;
        }

        void fire() {
            held.forEach(Runnable::run);
        }

        @Override
        public Instant now() {
            return real.now();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            if (!delay.equals(SHORT)) return real.schedule(delay, task);
            held.add(task);
            return () -> held.remove(task);
        }
    }

    @AfterEach
    void close() {
        probes.close();
        machine.close();
    }

    @Test
    void beingAliveIsEnoughWhereNothingElseIsAsked() {
        assertThat(ask(new HealthCheck.Alive()).healthy()).isTrue();
    }

    @Nested
    class OverHttp {
        @Test
        void statuses200To399AreHealthyAndOthersAreNot() throws IOException {
            var status = new AtomicInteger();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(status.get(), -1);
                exchange.close();
            });
            server.start();
            try {
                for (int code : new int[] {200, 204, 302, 399, 400, 404, 500, 503}) {
                    status.set(code);
                    Verdict verdict = ask(http(server.getAddress().getPort()));
                    assertThat(verdict).isEqualTo(new Verdict(code < 400, "status " + code));
                }
            } finally {
                server.stop(0);
            }
        }

        @Test
        void aServerThatNeverAnswersIsUnhealthyInTime() throws IOException {
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                assertThat(askInVain(http(server.getLocalPort())))
                        .isEqualTo(new Verdict(false, "no answer within 300 ms"));
            }
        }

        @Test
        void aServerThatDripsItsAnswerIsUnhealthyInTimeAndLetGo() throws Exception {
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                var letGo = new CompletableFuture<Boolean>();
                Thread dripping = new Thread(() -> drip(server, letGo), "drip");
                dripping.start();
                assertThat(askInVain(http(server.getLocalPort())).detail()).isEqualTo("no answer within 300 ms");
                assertThat(letGo.get(5, TimeUnit.SECONDS)).isTrue();
                dripping.join(5_000);
            }
        }

        @Test
        void aRefusedConnectionIsUnhealthy() throws IOException {
            assertThat(ask(http(freePort())).detail()).contains("refused");
        }

        @Test
        void fortySilentServersAreAllAnsweredInTime() throws Exception {
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                var answers = new ArrayList<CompletableFuture<Verdict>>();
                for (int i = 0; i < 40; i++) answers.add(begin(http(server.getLocalPort()), SHORT));
                for (var answer : answers)
                    assertThat(answer.get(5, TimeUnit.SECONDS).healthy()).isFalse();
            }
        }

        private void drip(ServerSocket server, CompletableFuture<Boolean> letGo) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    socket.getOutputStream().write('x');
                    LockSupport.parkNanos(20_000_000);
                }
            } catch (IOException closed) {
                letGo.complete(true);
            }
        }

        private HealthCheck http(int port) {
            return new HealthCheck.Http(URI.create("http://127.0.0.1:" + port + "/health"));
        }
    }

    @Nested
    class ByConnecting {
        @Test
        void anOpenPortIsHealthyAndAClosedOneIsNot() throws IOException {
            int port;
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                port = server.getLocalPort();
                assertThat(ask(new HealthCheck.Tcp("127.0.0.1", port))).isEqualTo(new Verdict(true, "connected"));
            }
            assertThat(ask(new HealthCheck.Tcp("127.0.0.1", port)).healthy()).isFalse();
        }

        @Test
        void anUnknownHostIsUnhealthy() {
            assertThat(ask(new HealthCheck.Tcp("no-such-host.invalid", 80)).healthy())
                    .isFalse();
        }
    }

    @Nested
    class ByACommand {
        @Test
        void exitCodeZeroIsHealthyAndOthersAreNot() throws IOException {
            script("check.sh", "#!/bin/sh\nexit $(cat code)\n");
            Files.writeString(machine.workDir.resolve("code"), "0");
            assertThat(ask(new HealthCheck.Exec("check.sh"))).isEqualTo(new Verdict(true, "exit code 0"));
            Files.writeString(machine.workDir.resolve("code"), "1");
            assertThat(ask(new HealthCheck.Exec("check.sh"))).isEqualTo(new Verdict(false, "exit code 1"));
        }

        @Test
        void oneThatHangsIsKilledWithItsTree() throws Exception {
            script("check.sh", "#!/bin/sh\nsetsid sleep 100 & echo $! >deep\nwait\n");
            var held = new HeldTimers(machine.timers);
            probes.close();
            probes = probes(held);
            CompletableFuture<Verdict> verdict = begin(new HealthCheck.Exec("check.sh"), SHORT);
            long deep = Long.parseLong(machine.awaitFile("deep"));
            held.fire();
            assertThat(verdict.get(20, TimeUnit.SECONDS).detail()).isEqualTo("no answer within 300 ms");
            Machine.awaitEnd(deep);
        }

        @Test
        void oneThatIsMissingIsUnhealthy() {
            assertThat(ask(new HealthCheck.Exec("check.sh")).detail()).startsWith("exec \"check.sh\" does not exist");
        }

        private void script(String name, String text) throws IOException {
            Path file = Files.writeString(machine.workDir.resolve(name), text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Verdict ask(HealthCheck check) {
        return ask(check, LONG);
    }

    private Verdict askInVain(HealthCheck check) {
        return ask(check, SHORT);
    }

    private Verdict ask(HealthCheck check, Duration limit) {
        try {
            return begin(check, limit).get(20, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new AssertionError("no answer", late);
        }
    }

    private CompletableFuture<Verdict> begin(HealthCheck check, Duration limit) {
        var verdict = new CompletableFuture<Verdict>();
        var answers = new ArrayList<>(List.of());
        probes.probe(
                TestService.shell(machine.workDir, "true").asking(check, limit).launch(), answer -> {
                    answers.add(answer);
                    if (answers.size() > 1) throw new AssertionError("answered twice");
                    verdict.complete(answer);
                });
        return verdict;
    }

    private static int freePort() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            return server.getLocalPort();
        }
    }
}
