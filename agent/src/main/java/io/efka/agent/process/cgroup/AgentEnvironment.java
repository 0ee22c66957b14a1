package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.supervision.Launcher;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What a launcher gives to every service of this device.
 *
 * @param device becomes {@code EFKA_DEVICE}
 * @param runFolder private to the agent; holds one FIFO a service, made when it is missing
 * @param extraEnvironment variables of one launch beside {@code EFKA_RUN}, {@code EFKA_SERVICE},
 *     {@code EFKA_DEVICE} and {@code EFKA_AGENT}; they win over the manifest's
 */
public record AgentEnvironment(
        String device, Path runFolder, Function<Launcher.Launch, Map<String, String>> extraEnvironment) {

    /** What the agent of this site is known by among the processes of the machine; its data folder must be there. */
    public AgentMark agent() {
        return AgentMark.of(runFolder);
    }

    /** A site that gives no more than the three variables. */
    public AgentEnvironment(String device, Path runFolder) {
        this(device, runFolder, launch -> Map.of());
    }
}
