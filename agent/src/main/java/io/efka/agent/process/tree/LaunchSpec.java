package io.efka.agent.process.tree;

import io.efka.agent.files.PathTrust;
import io.efka.agent.files.Privileges;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.InheritedLimits;
import io.efka.agent.process.proc.InheritedEnvironment;
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

    /**
     * What every service of this device gets from the agent.
     *
     * @param device becomes {@code EFKA_DEVICE}
     * @param runFolder private to the agent; holds one FIFO a service, made when it is missing
     * @param extraEnvironment variables of one launch beside {@code EFKA_RUN}, {@code EFKA_SERVICE},
     *     {@code EFKA_DEVICE} and {@code EFKA_AGENT}; they win over the manifest's
     */
    public record AgentEnvironment(
            String device, Path runFolder, Function<Launcher.Launch, Map<String, String>> extraEnvironment) {

        /** Identifies this agent among the processes of the machine; its data folder must be there. */
        public AgentMark agent() {
            return AgentMark.of(runFolder);
        }

        /** Without extra variables. */
        public AgentEnvironment(String device, Path runFolder) {
            this(device, runFolder, launch -> Map.of());
        }
    }

    /** Makes the specs of what a service's manifest names: its program, its stop command, its health check. */
    public static final class Factory {
        private final AgentEnvironment agentEnvironment;
        private final String agent;
        private final OptionalLong openFiles = InheritedLimits.openFiles();
        // No shell passes these on; env(1) sets them anew.
        private final Map<String, String> unnameable =
                SystemTools.find("env").isPresent() ? InheritedEnvironment.unnameable() : Map.of();
        private final RunFolder runFolder;

        public Factory(AgentEnvironment agentEnvironment) {
            this.agentEnvironment = agentEnvironment;
            this.agent = agentEnvironment.agent().written();
            this.runFolder = new RunFolder(agentEnvironment.runFolder());
        }

        /** The FIFO that is the service's stdin; one a service, so that a launch need not make it. */
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

        /** A command beside the service, as its user and in its environment. */
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

        /** Of an agent that is root nobody may change what runs as root, nor anybody else what runs as a user. */
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
         * What tells one such command from the others.
         *
         * @param id unlike that of every other one
         * @param mainPid told it as {@code EFKA_PID}
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

        /** Whoever gives the extra variables may fail in ways that are not known here; the launch still has its answer. */
        private Map<String, String> extra(Launch launch) throws LaunchRefused {
            try {
                return agentEnvironment.extraEnvironment().apply(launch);
            } catch (RuntimeException failed) {
                throw new LaunchRefused("its environment could not be made: " + failed);
            }
        }

        /** The manifest's variables, and those by which a program finds its user's things, as a login sets them. */
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
