package io.efka.agent.process;

import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.LaunchSpec;
import io.efka.agent.process.tree.RunOutput;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.OutputFiles;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.threads.FatalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a launch needs before there is a process: its output files and its spec. They are prepared while the run is being
 * recorded, so that a crashed service is back a millisecond sooner. Thread-safe.
 */
final class LaunchPrefetch {
    private static final Logger LOG = LoggerFactory.getLogger(LaunchPrefetch.class);

    private final OutputFiles outputFiles;
    private final LaunchSpec.Factory specs;
    private final RetryingExecutor work;
    // The newest of each service: a launch that was not recorded does not follow.
    private final Map<ServiceId, Begun> begun = new ConcurrentHashMap<>();

    LaunchPrefetch(OutputFiles outputFiles, LaunchSpec.Factory specs, RetryingExecutor work) {
        this.outputFiles = outputFiles;
        this.specs = specs;
        this.work = work;
    }

    /** @param warnings of what is missing without which the program can run */
    record Prepared(LaunchSpec spec, RunOutput output, List<String> warnings) {}

    private record Begun(RunId run, FutureTask<Prepared> task) {}

    /** Begins, if there is room on the executor. */
    void begin(Launch launch) {
        var task = new FutureTask<>(() -> prepare(launch));
        if (work.offer(task)) begun.put(launch.manifest().id(), new Begun(launch.run(), task));
    }

    /** What was begun for this launch, or is now. Blocks until it is there: on the executor, behind what was begun. */
    Prepared of(Launch launch) throws LaunchRefused {
        Begun known = begun.remove(launch.manifest().id());
        if (known == null || !known.run().equals(launch.run())) return prepare(launch);
        try {
            return known.task().get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof LaunchRefused refused) throw refused;
            FatalErrors.haltOnError(failed);
            LOG.error(
                    "service={} its launch could not be prepared",
                    launch.manifest().id(),
                    failed.getCause());
            throw new LaunchRefused("internal error: " + failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LaunchRefused("the agent ends");
        }
    }

    /** The service is no more. */
    void forget(ServiceId id) {
        begun.remove(id);
    }

    private Prepared prepare(Launch launch) throws LaunchRefused {
        var warnings = new ArrayList<String>();
        RunOutput output = RunOutput.begin(outputFiles, launch, warnings);
        return new Prepared(specs.program(launch, output), output, warnings);
    }
}
