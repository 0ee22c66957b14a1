package io.efka.agent.release;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import java.util.Optional;

/** What a request must fulfil before anything is done for it. */
record DeployChecks(ServiceId id, ServiceReleases releases) {

    /** Refuses if another release is current than the operator thought. */
    void requireCurrent(DeployRequest request) throws CommandException {
        if (request.ifRelease().isEmpty()) return;
        String expected = request.ifRelease().get();
        Optional<ReleaseId> current = releases.current();
        if (current.filter(found -> found.isCalled(expected)).isPresent()) return;
        throw new CommandException(
                ErrorCode.RELEASE_MISMATCH,
                "if_release is \"" + expected + "\", but "
                        + current.map(found -> "\"" + found + "\" is current").orElse("no release is current"));
    }

    /** The release that is named, or the one before. */
    Release stored(DeployRequest request) throws CommandException {
        if (request.content() instanceof DeployRequest.Content.Stored named) {
            Optional<Release> found = releases.called(named.release());
            if (found.isPresent()) return found.get();
            throw new CommandException(
                    ErrorCode.NO_RELEASE,
                    "no release \"" + named.release() + "\" of " + id + " is stored; there are "
                            + releases.releases().stream()
                                    .map(Release::id)
                                    .sorted()
                                    .toList());
        }
        return releases.previous()
                .flatMap(releases::find)
                .orElseThrow(() -> new CommandException(
                        ErrorCode.NO_PREVIOUS_RELEASE, "no release of " + id + " was current before this one"));
    }

    /** Refuses what failed here before, unless it is forced. */
    void requireGood(ReleaseId target, DeployRequest request) throws CommandException {
        Optional<String> bad = releases.find(target).flatMap(Release::bad);
        if (bad.isEmpty() || request.isForced()) return;
        throw new CommandException(
                ErrorCode.RELEASE_BAD,
                "release " + target + " failed here before: " + bad.get()
                        + "; deploy it with \"force\":true all the same");
    }

    /**
     * Refuses a release that would take the place of another one: 8 digits of a hash are not all of it. They are all that is
     * known of a release that was found on the disk after the state was lost.
     */
    void requireContent(ReleaseId target, Sha256 artifact) throws CommandException {
        Optional<Sha256> there = releases.find(target).flatMap(Release::artifact);
        if (there.isEmpty() || there.get().equals(artifact)) return;
        throw new CommandException(
                ErrorCode.NOT_ALLOWED,
                "release " + target + " is stored already, with another content: give the new one another name");
    }
}
