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
 * Prepares the output files and the spec of a launch while the run is being recorded, so that a crashed service
 * restarts a millisecond sooner. Thread-safe.
 */
final class LaunchPrefetch {
    private static final Logger LOG = LoggerFactory.getLogger(LaunchPrefetch.class);

    private final OutputFiles outputFiles;
    private final LaunchSpec.Factory specs;
    private final RetryingExecutor work;
    // The newest per service: if the run could not be recorded, no launch follows.
    private final Map<ServiceId, Begun> begun = new ConcurrentHashMap<>();

    LaunchPrefetch(OutputFiles outputFiles, LaunchSpec.Factory specs, RetryingExecutor work) {
        this.outputFiles = outputFiles;
        this.specs = specs;
        this.work = work;
    }

    /** @param warnings about problems that do not prevent the launch */
    record Prepared(LaunchSpec spec, RunOutput output, List<String> warnings) {}

    private record Begun(RunId run, FutureTask<Prepared> task) {}

    /** Begins to prepare a launch, if the executor has room. */
    void begin(Launch launch) {
        var task = new FutureTask<>(() -> prepare(launch));
        if (work.offer(task)) begun.put(launch.manifest().id(), new Begun(launch.run(), task));
    }

    /** What was prepared for this launch; prepares it now if nothing was. Blocks. To be called on the executor. */
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

    /** The service was removed. */
    void forget(ServiceId id) {
        begun.remove(id);
    }

    private Prepared prepare(Launch launch) throws LaunchRefused {
        var warnings = new ArrayList<String>();
        RunOutput output = RunOutput.begin(outputFiles, launch, warnings);
        return new Prepared(specs.program(launch, output), output, warnings);
    }
}
