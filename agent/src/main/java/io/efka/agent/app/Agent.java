package io.efka.agent.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.agent.app.Lifecycle.StartException.Reason;
import io.efka.agent.command.handler.AgentLog;
import io.efka.agent.files.ExposedFiles;
import io.efka.agent.files.PrivateFiles;
import io.efka.agent.files.UnwritableFolders;
import io.efka.agent.state.SessionCounter;
import io.efka.agent.state.StateStore;
import io.efka.agent.state.StateStore.DataFolderBusy;
import io.efka.agent.supervision.StoreException;
import io.efka.threads.AgentThread;
import io.efka.threads.ExitCode;
import io.efka.threads.FatalErrors;
import io.efka.threads.SelfCheck;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent on one device: opens its state, then creates, starts and stops its parts.
 */
public final class Agent implements Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private static final String THREAD_DUMP = "thread-dump.txt";

    private final Settings settings;
    private final FatalErrors fatal;
    private final AgentLog log;
    private final SystemdNotifier systemd =
            new SystemdNotifier(System.getenv(), ProcessHandle.current().pid());
    private final Heartbeat heartbeat;
    private final SelfCheck check;
    private final CountDownLatch ended = new CountDownLatch(1);

    @GuardedBy("this") private Optional<StateStore> state = Optional.empty();

    @GuardedBy("this") private Optional<AgentAssembly> parts = Optional.empty();

    @GuardedBy("this") private boolean closed;

    private volatile ExitCode exitCode = ExitCode.OK;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param fatal writes its thread dumps into the data folder once the agent starts
     * @param log at the configured level
     */
    public Agent(Settings settings, FatalErrors fatal, AgentLog log) {
        this.settings = settings;
        this.fatal = fatal;
        this.log = log;
        this.heartbeat = new Heartbeat(settings.folders().heartbeat());
        this.check = new SelfCheck(settings.selfCheckTimeout(), systemd.period(), fatal::halt, this::alive);
    }

    private void alive() {
        systemd.alive();
        heartbeat.beat();
    }

    @Override
    public synchronized void start() throws StartException {
        if (closed) return;
        check.start();
        // On a thread that the self-check watches: a start that hangs on a dead disk must be noticed like any other.
        var starting = new FutureTask<>(() -> {
            AgentThread.step();
            startParts();
            return true;
        });
        new AgentThread("agent-start", starting).start();
        try {
            starting.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartException refused) throw refused;
            if (e.getCause() instanceof RuntimeException bug) throw bug;
            FatalErrors.thrown("start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(Reason.UNAVAILABLE, "the start was interrupted", e);
        }
        systemd.ready();
    }

    /** While {@link #start} holds the lock, and waits. */
    @SuppressWarnings("GuardedBy") // the lock is held by a thread that waits for this one
    private void startParts() throws StartException {
        Path data = settings.folders().data();
        make(data, PrivateFiles::makePassage);
        make(settings.folders().logs(), Files::createDirectories);
        ExposedFiles.makePrivate(data);
        StateStore store = open();
        fatal.dumpTo(settings.folders().data().resolve(THREAD_DUMP));
        state = Optional.of(store);
        store.watchLock(() -> fatal.leave(
                "the lock file of " + data + " was deleted or replaced, so that another agent can have the folder",
                ExitCode.BUSY));
        AgentAssembly assembled =
                new AgentAssembly(settings, store, new SessionCounter(store).next(), check, log, this::closeElsewhere);
        parts = Optional.of(assembled);
        UnwritableFolders.warning(data, settings.folders().logs()).ifPresent(LOG::warn);
        assembled.start();
        LOG.info(
                "efka {} started: device={} broker={} data={}",
                assembled.version(),
                settings.device(),
                settings.broker().uris(),
                settings.folders().data());
    }

    /** How a folder is made. */
    private interface Making {
        void make(Path folder) throws IOException;
    }

    private static void make(Path folder, Making how) throws StartException {
        try {
            how.make(folder);
        } catch (IOException e) {
            throw new StartException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    folder + " cannot be made (" + FileFailure.reason(e)
                            + "): name another with --data-dir or --log-dir",
                    e);
        }
    }

    private StateStore open() throws StartException {
        try {
            StateStore opened = StateStore.open(settings.folders().data());
            opened.damages().forEach(damage -> LOG.warn("state: {}", damage));
            return opened;
        } catch (DataFolderBusy e) {
            throw new StartException(Reason.DATA_FOLDER_BUSY, String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw new StartException(Reason.DATA_FOLDER_UNUSABLE, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public ExitCode awaitEnd() throws InterruptedException {
        ended.await();
        return exitCode;
    }

    @Override
    public synchronized List<String> reread() {
        return closed ? List.of() : parts.map(AgentAssembly::reread).orElse(List.of());
    }

    /** Called on one of the agent's own threads, which must not wait for its own end. */
    private void closeElsewhere() {
        new AgentThread("agent-shutdown", this::close).start();
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        if (parts.isPresent()) systemd.stopping();
        AgentThread.step();
        parts.ifPresent(p -> p.stop(settings.stopTimeout()));
        if (parts.filter(p -> p.departure().isForgotten()).isPresent()) exitCode = ExitCode.FORGOTTEN;
        state.ifPresent(StateStore::close);
        heartbeat.end();
        if (parts.isPresent()) LOG.info("efka ended");
        AgentThread.idle();
        ended.countDown();
    }
}
