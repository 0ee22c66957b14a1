package io.efka.fleet.cli;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.efka.threads.ExitCode;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command that shows what was, and may go on with what comes until Ctrl-C. */
abstract class FollowCommand extends FleetCommand {
    @Option(
            names = {"-f", "--follow"},
            description = "Goes on with what comes")
    private boolean isFollowing;

    @Option(names = "--until", paramLabel = "TIME", description = "Until then; not with -f")
    private Optional<String> until = Optional.empty();

    FollowCommand(Surroundings surroundings) {
        super(surroundings);
    }

    final boolean isFollowing() {
        return isFollowing;
    }

    /** A time, or how long ago, as a device understands it. */
    final Optional<String> until() {
        return until;
    }

    /** Looks at the options that say what is shown. */
    final void checkRange(Optional<String> match) {
        if (isFollowing && until.isPresent()) throw wrong("--until", "must be left out with -f", until.get());
        try {
            match.ifPresent(Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw wrong("--grep", "must be a regular expression of RE2: " + e.getDescription(), match.orElse(""));
        }
    }

    @Override
    final boolean isLasting() {
        return isFollowing;
    }

    @Override
    final ExitCode interrupted() {
        return isFollowing ? ExitCode.OK : ExitCode.INTERRUPTED;
    }
}
