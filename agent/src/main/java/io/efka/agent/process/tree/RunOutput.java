package io.efka.agent.process.tree;

import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.OutputFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of a run's output: one per stream, or the same for both. */
public record RunOutput(Path stdout, Path stderr) {
    private static final int TAIL_LINES = 20;
    private static final int TAIL_BYTES = 4_096;

    public static final RunOutput NONE = new RunOutput(LaunchSpec.Stdio.NOTHING, LaunchSpec.Stdio.NOTHING);

    /** Begins the files of a new run. If that fails, the run has no output, and there is a warning. */
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

    /** The last lines of the run's stderr, or, if that is empty, of its stdout. */
    String tail() {
        String errors = lastLines(stderr);
        return errors.isEmpty() ? lastLines(stdout) : errors;
    }

    /** The last 20 lines, 4 KiB at most; empty if nothing can be read. */
    static String lastLines(Path file) {
        // A service can replace its output by a link to another file, or by a FIFO, which would block.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return "";
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = channel.size();
            long start = Math.max(0, size - TAIL_BYTES);
            if (start >= size) return "";
            ByteBuffer bytes = ByteBuffer.allocate((int) (size - start));
            while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) > 0) {}
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            List<String> lines = text.lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException unreadable) {
            return "";
        }
    }
}
