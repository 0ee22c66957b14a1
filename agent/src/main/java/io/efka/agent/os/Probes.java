package io.efka.agent.os;

import io.efka.agent.service.HealthCheck;
import io.efka.agent.service.Launcher.Launch;
import io.efka.agent.service.Prober;
import io.efka.agent.service.Timers;
import io.efka.agent.threads.TaskPool;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Asks services whether they are well: by HTTP, by connecting, or by a command. At most 32 questions at a time, on
 * threads that are there only while they are needed; one more waits, and is answered "no" when its time is over. Whatever
 * the other side does, the answer comes once and in time. Thread-safe; closing it answers nothing more.
 */
public final class Probes implements Prober, AutoCloseable {
    private static final int MAX_AT_A_TIME = 32;
    /** 128 KiB: a question needs little, and there may be 32 of them on a small device. */
    private static final long STACK = 128 * 1024;

    private final Orders orders;
    private final Timers timers;
    private final Trees trees;
    private final Shells shells;
    private final Spawner spawner;
    private final Signaller signaller = new Signaller();
    private final Work questions;
    private final Work commands;
    private final Work work;
    private final TaskPool threads;
    private final AtomicLong number = new AtomicLong();

    /** @param executors for starting commands, apart from the launcher's, and for ending them */
    public Probes(Site site, Timers timers, ProcessLauncher.Executors executors) {
        ProcessTable table = new ProcessTable();
        this.orders = new Orders(site);
        this.timers = timers;
        this.trees = new Trees(table, signaller);
        this.threads =
                TaskPool.passing("efka-probe", MAX_AT_A_TIME, Duration.ofSeconds(15), new SynchronousQueue<>(), STACK);
        this.questions = new Work(threads, timers);
        this.commands = new Work(executors.launches(), timers);
        this.work = new Work(executors.processes(), timers);
        this.shells = new Shells(table, Cgroups.none(), commands);
        this.spawner = new Spawner(table, commands, shells);
    }

    @Override
    public void probe(Launch launch, Consumer<Verdict> answer) {
        HealthCheck check = launch.manifest().health().check();
        Duration timeout = launch.manifest().health().timeout();
        if (check instanceof HealthCheck.Alive) {
            answer.accept(new Verdict(true, "alive"));
            return;
        }
        Question question = new Question(answer);
        question.arm(timers, timeout);
        if (check instanceof HealthCheck.Http http) {
            questions.run(() -> HttpQuestion.ask(http.uri(), timeout, question));
        } else if (check instanceof HealthCheck.Tcp tcp) {
            questions.run(() -> TcpQuestion.ask(tcp.host(), tcp.port(), timeout, question));
        } else if (check instanceof HealthCheck.Exec exec) {
            commands.run(() -> command(launch, exec, question));
        }
    }

    private void command(Launch launch, HealthCheck.Exec exec, Question question) {
        if (question.isAnswered()) return;
        var side = new Orders.Side(
                launch.run() + "-probe-" + number.incrementAndGet(), OptionalInt.empty(), RunOutput.NONE);
        try {
            Order order = orders.side(launch, exec.path(), List.of(), side);
            var limit = new SideProcess.Limit(
                    launch.manifest().health().timeout(),
                    code -> code.ifPresent(exit -> question.answer(exit == 0, "exit code " + exit)));
            SideProcess command = SideProcess.start(spawner, order, trees, work, limit);
            question.whenLate(command::kill);
        } catch (LaunchRefused refused) {
            question.answer(false, refused.why());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        shells.close();
        signaller.close();
    }
}
