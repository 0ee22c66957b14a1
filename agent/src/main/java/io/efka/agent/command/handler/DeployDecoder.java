package io.efka.agent.command.handler;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.CommandException;
import io.efka.protocol.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Decodes what is to be deployed, and when it counts as good. */
final class DeployDecoder {
    private DeployDecoder() {}

    static Content content(CommandArguments arguments) throws CommandException {
        Optional<String> release = arguments.string("release");
        Optional<Content> fetched = fetched(arguments);
        if (fetched.isPresent()) return fetched.get();
        boolean isInline = arguments.object("manifest").isPresent();
        if (isInline && release.isPresent()) {
            throw arguments.wrong("release", "left out where a manifest is given, which names its release itself");
        }
        if (isInline) return new Content.Inline(InstallDecoder.decode(arguments), false);
        if (release.isEmpty()) {
            throw arguments.wrong(
                    "artifact",
                    "where to fetch a release, or manifest its manifest, or release the name of one that is stored");
        }
        return new Content.Stored(release.get());
    }

    /** Empty if there is no {@code artifact}. */
    static Optional<Content> fetched(CommandArguments arguments) throws CommandException {
        Optional<ArtifactRef> artifact = ArtifactDecoder.decode(arguments);
        if (artifact.isEmpty()) return Optional.empty();
        for (String other : List.of("manifest", "files", "work_dir", "patch")) {
            if (arguments.any(other).isPresent())
                throw arguments.wrong(other, "left out where artifact is given, which brings all of it");
        }
        return Optional.of(new Content.Fetched(artifact.get(), arguments.string("release")));
    }

    static DeployRule rule(CommandArguments arguments) throws CommandException {
        DeployRule standard = DeployRule.STANDARD;
        Duration minHealthy = duration(arguments, "min_healthy").orElse(standard.minHealthy());
        Duration deadline = duration(arguments, "healthy_deadline").orElse(standard.deadline());
        if (deadline.compareTo(minHealthy) <= 0) {
            throw arguments.wrong(
                    "healthy_deadline", "more than min_healthy, which is " + Durations.format(minHealthy));
        }
        String onFailure = arguments.string("on_failure").orElse("rollback");
        if (!List.of("rollback", "keep").contains(onFailure)) {
            throw arguments.wrong("on_failure", "\"rollback\" or \"keep\"");
        }
        return new DeployRule(
                minHealthy, deadline, onFailure.equals("rollback"), duration(arguments, "confirm_within"));
    }

    private static Optional<Duration> duration(CommandArguments arguments, String key) throws CommandException {
        Optional<String> text = arguments.string(key);
        if (text.isEmpty()) return Optional.empty();
        Optional<Duration> duration = Durations.parse(text.get());
        if (duration.isEmpty()) throw arguments.wrong(key, "a duration, " + Durations.EXAMPLES);
        return duration;
    }
}
