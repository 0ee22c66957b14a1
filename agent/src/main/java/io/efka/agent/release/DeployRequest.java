package io.efka.agent.release;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.install.Installer.InstallRequest;
import java.util.Optional;

/**
 * What an operator asks for.
 *
 * @param content what is deployed
 * @param ifRelease the release that must be current, by its name or its folder's; empty: whatever is
 * @param isForced also a release that failed here before
 * @param ignoresHolds whether it stops the service although somebody holds it
 * @param starts whether a service that is new is started
 * @param isRepeated whether the command was begun by an agent that ended
 * @param isInstall whether it is refused if the service is there by then, with something else
 */
public record DeployRequest(
        Optional<String> commandId,
        boolean isRollback,
        Content content,
        Deploy.DeployRule rule,
        Optional<String> ifRelease,
        boolean isForced,
        boolean ignoresHolds,
        boolean starts,
        boolean isRepeated,
        boolean isInstall) {

    /** As an agent repeats it that has found it unfinished. */
    DeployRequest repeated() {
        return new DeployRequest(
                commandId, isRollback, content, rule, ifRelease, isForced, ignoresHolds, starts, true, isInstall);
    }

    /** What is deployed. */
    public sealed interface Content {

        /**
         * Files that came with the command.
         *
         * @param keepsOthers whether the current release's files are the new one's too, but for those that came
         */
        record Inline(InstallRequest request, boolean keepsOthers) implements Content {}

        /**
         * An archive that is fetched.
         *
         * @param release what its manifest must call it; empty: whatever it does
         */
        record Fetched(ArtifactRef artifact, Optional<String> release) implements Content {}

        /** A release that is on the device. */
        record Stored(String release) implements Content {}

        /** The one that was current before. */
        record Previous() implements Content {}
    }
}
