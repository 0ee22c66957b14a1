package io.efka.agent.process.tree;

import io.efka.agent.files.PathTrust;
import io.efka.agent.files.Privileges;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.InheritedEnvironment;
import io.efka.agent.process.proc.InheritedLimits;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RunAsUser;
import io.efka.agent.process.proc.SystemTools;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * How to start one process.
 *
 * @param environment added to the agent's own
 * @param marks the {@code EFKA_…} variables; they override {@code environment}
 * @param bounds what the process sets for itself before it becomes the program
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

    /** The same, but it also enters other control groups. */
    public LaunchSpec joining(List<Path> joins) {
        var more = new Bounds(bounds.account, bounds.umask, bounds.nofile, bounds.softNofile, bounds.core, joins);
        return new LaunchSpec(program, args, workDir, environment, marks, more, stdio);
    }

    /**
     * Account, limits and control groups.
     *
     * @param nofile both limits of open files
     * @param softNofile only the soft limit of open files; without effect if there is {@code nofile}
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
     * The standard streams.
     *
     * @param stdin a FIFO, created if it is missing; or {@code /dev/null}
     * @param stdout an existing file, opened for appending
     * @param stderr an existing file, opened for appending
     */
    public record Stdio(Path stdin, Path stdout, Path stderr) {
        static final Path NOTHING = Path.of("/dev/null");

        /** Output to files, and no input. */
        public static Stdio output(Path stdout, Path stderr) {
            return new Stdio(NOTHING, stdout, stderr);
        }
    }

    /**
     * What all services of this device get from the agent.
     *
     * @param device becomes {@code EFKA_DEVICE}
     * @param runFolder private to the agent; contains one FIFO per service; created if it is missing
     * @param extraEnvironment variables of one launch in addition to {@code EFKA_RUN}, {@code EFKA_SERVICE},
     *     {@code EFKA_DEVICE} and {@code EFKA_AGENT}; they override the manifest's
     */
    public record AgentEnvironment(
            String device, Path runFolder, Function<Launcher.Launch, Map<String, String>> extraEnvironment) {

        /** The mark of this agent's processes; its data folder must exist. */
        public AgentMark agent() {
            return AgentMark.of(runFolder);
        }

        /** Without extra variables. */
        public AgentEnvironment(String device, Path runFolder) {
            this(device, runFolder, launch -> Map.of());
        }
    }

    /** Creates the specs for a service: its program, its stop command, its health check. */
    public static final class Factory {
        private final AgentEnvironment agentEnvironment;
        private final String agent;
        private final OptionalLong openFiles = InheritedLimits.openFiles();
        // The shell drops these; env(1) sets them again.
        private final Map<String, String> unnameable =
                SystemTools.find("env").isPresent() ? InheritedEnvironment.unnameable() : Map.of();
        private final RunFolder runFolder;

        public Factory(AgentEnvironment agentEnvironment) {
            this.agentEnvironment = agentEnvironment;
            this.agent = agentEnvironment.agent().written();
            this.runFolder = new RunFolder(agentEnvironment.runFolder());
        }

        /** The FIFO that is the service's stdin. It stays between runs, so that a launch need not create it. */
        public Path stdin(Launch launch) {
            return runFolder.stdin(launch.manifest().id());
        }

        /** The service's program. */
        public LaunchSpec program(Launch launch, RunOutput output) throws LaunchRefused {
            Manifest manifest = launch.manifest();
            runFolder.require();
            Optional<RunAsUser> account = RunAsUser.of(manifest.program());
            var bounds = new Bounds(
                    account,
                    manifest.program().umask(),
                    manifest.limits().nofile(),
                    openFiles,
                    manifest.limits().core(),
                    List.of());
            return new LaunchSpec(
                    trusted(manifest.program().exec(), manifest.program().args(), launch),
                    manifest.program().args(),
                    launch.workDir(),
                    environment(manifest, account),
                    marks(launch),
                    bounds,
                    new Stdio(stdin(launch), output.stdout(), output.stderr()));
        }

        /** A side command: it runs next to the service, with its user and environment. */
        public LaunchSpec side(Launch launch, String exec, List<String> args, Side side) throws LaunchRefused {
            Manifest manifest = launch.manifest();
            Optional<RunAsUser> account = RunAsUser.of(manifest.program());
            var bounds = new Bounds(
                    account,
                    manifest.program().umask(),
                    OptionalLong.empty(),
                    openFiles,
                    OptionalLong.empty(),
                    List.of());
            var marks = new HashMap<>(marks(launch));
            marks.put(EfkaVariables.SIDE, side.id());
            side.mainPid().ifPresent(pid -> marks.put(EfkaVariables.PID, Integer.toString(pid)));
            return new LaunchSpec(
                    trusted(exec, args, launch),
                    args,
                    launch.workDir(),
                    environment(manifest, account),
                    marks,
                    bounds,
                    Stdio.output(side.output().stdout(), side.output().stderr()));
        }

        /**
         * If the agent is root: only root may be able to change what runs as root; for a user, only root and that user.
         */
        private static Path trusted(String exec, List<String> args, Launch launch) throws LaunchRefused {
            Path program = Preflight.program(exec, launch.workDir());
            if (!Privileges.isRoot()) return program;
            Optional<String> user = launch.manifest().program().user();
            Path folder = launch.workDir().toAbsolutePath();
            Optional<PathTrust.Objection> objection = PathTrust.of(folder, user)
                    .objection()
                    .or(() -> PathTrust.of(program.toAbsolutePath(), user).objection())
                    .or(() -> PathTrust.ofScripts(program, args, folder, user));
            if (objection.isEmpty()) return program;
            throw new LaunchRefused("exec \"" + exec + "\" would run as "
                    + user.map(name -> "user " + name).orElse("root") + ", but " + objection.get());
        }

        /**
         * Identifies a side command.
         *
         * @param id unique
         * @param mainPid passed to it as {@code EFKA_PID}
         */
        public record Side(String id, OptionalInt mainPid, RunOutput output) {}

        private Map<String, String> marks(Launch launch) throws LaunchRefused {
            var marks = new HashMap<>(extra(launch));
            marks.put(EfkaVariables.RUN, launch.run().value());
            marks.put(EfkaVariables.SERVICE, launch.manifest().id().value());
            marks.put(EfkaVariables.DEVICE, agentEnvironment.device());
            marks.put(EfkaVariables.AGENT, agent);
            return marks;
        }

        /** The function may throw anything; the launch must still be answered. */
        private Map<String, String> extra(Launch launch) throws LaunchRefused {
            try {
                return agentEnvironment.extraEnvironment().apply(launch);
            } catch (RuntimeException failed) {
                throw new LaunchRefused("its environment could not be created: " + failed);
            }
        }

        /** The manifest's variables, and those that a login sets for the user. */
        private Map<String, String> environment(Manifest manifest, Optional<RunAsUser> account) {
            var environment = new HashMap<String, String>(unnameable);
            account.ifPresent(other -> {
                environment.put("HOME", other.home());
                environment.put("USER", other.name());
                environment.put("LOGNAME", other.name());
            });
            environment.putAll(manifest.program().env());
            return environment;
        }
    }
}
