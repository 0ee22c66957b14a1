package io.efka.fleet.cli;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.efka.protocol.Until;
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
    final void checkRange(Optional<String> since, Optional<String> match) {
        since.ifPresent(time -> requireTime("--since", time));
        until.ifPresent(time -> requireTime("--until", time));
        if (isFollowing && until.isPresent()) throw wrong("--until", "must be left out with -f", until.get());
        try {
            match.ifPresent(Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw wrong("--grep", "must be a regular expression of RE2: " + e.getDescription(), match.orElse(""));
        }
    }

    private void requireTime(String option, String text) {
        if (Until.parse(text).isPresent()) return;
        throw wrong(option, "must be how long ago, such as 1h, or a time, such as 2026-11-27T10:00:00Z", text);
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
