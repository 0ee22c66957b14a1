package io.efka.agent.process.tree;

import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.OutputFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a run's output goes: files of its own, or one for both streams. */
public record RunOutput(Path stdout, Path stderr) {

    public static final RunOutput NONE = new RunOutput(LaunchSpec.Stdio.NOTHING, LaunchSpec.Stdio.NOTHING);

    /** Begins the files of a new run; without them the run has no output, and a warning says so. */
    public static RunOutput begin(OutputFiles files, Launch launch, List<String> warnings) {
        try {
            OutputFiles.Paths paths = files.begin(launch.manifest().id(), launch.run());
            for (Path path : List.of(paths.stdout(), paths.stderr())) {
                if (!Files.isWritable(path)) throw new IOException(path + " cannot be written");
            }
            return new RunOutput(paths.stdout(), paths.stderr());
        } catch (IOException refused) {
            warnings.add("output is lost: " + refused.getMessage());
            return NONE;
        }
    }

    /** The files of a run that an earlier agent launched. */
    public static RunOutput current(OutputFiles files, Launch launch) {
        try {
            OutputFiles.Paths paths = files.current(launch.manifest().id());
            return new RunOutput(paths.stdout(), paths.stderr());
        } catch (IOException unknown) {
            return NONE;
        }
    }

    /** The end of what the run wrote: of stderr if there is any, else of stdout. */
    String tail() {
        String errors = OutputTail.lastLines(stderr);
        return errors.isEmpty() ? OutputTail.lastLines(stdout) : errors;
    }
}
