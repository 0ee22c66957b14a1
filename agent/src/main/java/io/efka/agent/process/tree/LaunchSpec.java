package io.efka.agent.process.tree;

import io.efka.agent.process.proc.RunAsUser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Everything about one process to start.
 *
 * @param environment added to the agent's own
 * @param marks the {@code EFKA_…} variables: they win over {@code environment}
 * @param bounds what the process itself sets before it becomes the program
 */
public record LaunchSpec(
        Path program,
        List<String> args,
        Path workDir,
        Map<String, String> environment,
        Map<String, String> marks,
        Bounds bounds,
        Stdio stdio) {

    public LaunchSpec {
        args = List.copyOf(args);
        environment = Map.copyOf(environment);
        marks = Map.copyOf(marks);
    }

    /** The same, entering further control groups. */
    public LaunchSpec joining(List<Path> joins) {
        var more = new Bounds(bounds.account, bounds.umask, bounds.nofile, bounds.softNofile, bounds.core, joins);
        return new LaunchSpec(program, args, workDir, environment, marks, more, stdio);
    }

    /**
     * @param nofile both limits of open files
     * @param softNofile the soft one alone, where there is no {@code nofile}
     * @param core bytes
     * @param joins the {@code cgroup.procs} files to enter
     */
    public record Bounds(
            Optional<RunAsUser> account,
            OptionalInt umask,
            OptionalLong nofile,
            OptionalLong softNofile,
            OptionalLong core,
            List<Path> joins) {}

    /**
     * @param stdin a FIFO, made when it is missing; {@code /dev/null} for none
     * @param stdout opened for appending; exists
     * @param stderr opened for appending; exists
     */
    public record Stdio(Path stdin, Path stdout, Path stderr) {
        static final Path NOTHING = Path.of("/dev/null");

        /** Output to the given files, no input. */
        public static Stdio output(Path stdout, Path stderr) {
            return new Stdio(NOTHING, stdout, stderr);
        }
    }
}
