package io.efka.agent.process;

import io.efka.agent.files.PathTrust;
import io.efka.agent.files.Privileges;
import io.efka.agent.process.cgroup.AgentEnvironment;
import io.efka.agent.process.proc.GivenLimits;
import io.efka.agent.process.proc.InheritedEnvironment;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RunAsUser;
import io.efka.agent.process.proc.SystemTools;
import io.efka.agent.process.tree.LaunchSpec;
import io.efka.agent.process.tree.RunFolder;
import io.efka.agent.process.tree.RunOutput;
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

/** Writes the orders for what a service's manifest names: its program, its stop command, its health check. */
public final class LaunchSpecFactory {
    private final AgentEnvironment environment;
    private final String agent;
    private final OptionalLong openFiles = GivenLimits.openFiles();
    // No shell passes these on; env(1) sets them anew.
    private final Map<String, String> unnameable =
            SystemTools.find("env").isPresent() ? InheritedEnvironment.unnameable() : Map.of();
    private final RunFolder runFolder;

    public LaunchSpecFactory(AgentEnvironment environment) {
        this.environment = environment;
        this.agent = environment.agent().written();
        this.runFolder = new RunFolder(environment.runFolder());
    }

    /** The FIFO that is the service's stdin; one a service, so that a launch need not make it. */
    Path stdin(Launch launch) {
        return runFolder.stdin(launch.manifest().id());
    }

    /** The service's program. */
    LaunchSpec program(Launch launch, RunOutput output) throws LaunchRefused {
        Manifest manifest = launch.manifest();
        runFolder.require();
        Optional<RunAsUser> account = RunAsUser.of(manifest.program());
        var bounds = new LaunchSpec.Bounds(
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
                new LaunchSpec.Stdio(stdin(launch), output.stdout(), output.stderr()));
    }

    /** A command beside the service, as its user and in its environment. */
    public LaunchSpec side(Launch launch, String exec, List<String> args, Side side) throws LaunchRefused {
        Manifest manifest = launch.manifest();
        Optional<RunAsUser> account = RunAsUser.of(manifest.program());
        var bounds = new LaunchSpec.Bounds(
                account, manifest.program().umask(), OptionalLong.empty(), openFiles, OptionalLong.empty(), List.of());
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
                LaunchSpec.Stdio.output(side.output().stdout(), side.output().stderr()));
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
        marks.put(EfkaVariables.DEVICE, environment.device());
        marks.put(EfkaVariables.AGENT, agent);
        return marks;
    }

    /** Whoever gives the extra variables may fail in ways that are not known here; the launch still has its answer. */
    private Map<String, String> extra(Launch launch) throws LaunchRefused {
        try {
            return environment.extraEnvironment().apply(launch);
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
