package io.efka.agent.release;

import io.efka.protocol.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is kept of a service's releases, as it is on disk.
 *
 * @param releases those that are stored, in no order
 * @param current what runs, or would be started; empty before the first deploy of a new service is activated
 * @param previous what was current before, and is gone back to by {@code rollback}
 * @param deploy the one under way, or the last one
 * @param promised what was asked for and has changed nothing yet: the next agent begins it again
 * @param holds that stand, one of a holder
 */
public record ServiceReleases(
        List<Release> releases,
        Optional<ReleaseId> current,
        Optional<ReleaseId> previous,
        Optional<Deploy> deploy,
        Optional<DeployRequest> promised,
        List<Hold> holds) {
    /** Nothing is known of a service. */
    public static final ServiceReleases NONE = new ServiceReleases(
            List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public ServiceReleases {
        releases = List.copyOf(releases);
        holds = List.copyOf(holds);
    }

    public Optional<Release> find(ReleaseId id) {
        return releases.stream().filter(release -> release.id().equals(id)).findFirst();
    }

    /** Whether what is current failed here: then nobody has stopped the service, but its deploy. */
    boolean isCurrentBad() {
        return current.flatMap(this::find).flatMap(Release::bad).isPresent();
    }

    /** Those of all releases that are stored. */
    Set<ReleaseId> ids() {
        return releases.stream().map(Release::id).collect(Collectors.toCollection(HashSet::new));
    }

    /** The newest release that an operator may mean by {@code text}. */
    public Optional<Release> called(String text) {
        return releases.stream()
                .filter(release -> release.id().isCalled(text))
                .max(Comparator.comparing(Release::storedAt));
    }

    /** The release that was unpacked from an artifact. */
    Optional<Release> of(Sha256 artifact) {
        return releases.stream()
                .filter(release -> release.artifact().filter(artifact::equals).isPresent())
                .findFirst();
    }

    /** With a release that is on the disk now; what is known of it stands. */
    ServiceReleases stored(ReleaseId id, Optional<Sha256> artifact, Instant now) {
        Optional<Release> known = find(id);
        if (known.isEmpty()) return with(new Release(id, false, now, Optional.empty(), artifact));
        return artifact.map(known.get()::of).map(this::with).orElse(this);
    }

    /** What was there before the first deploy becomes the release that is current. */
    ServiceReleases original(Optional<String> name, Instant now) {
        ReleaseId original = ReleaseId.of(name.orElse("original"), "0".repeat(64));
        return with(new Release(original, true, now, Optional.empty(), Optional.empty()))
                .current(original);
    }

    /** With this release in place of the one of its id. */
    ServiceReleases with(Release release) {
        var others = new ArrayList<Release>(releases);
        others.removeIf(other -> other.id().equals(release.id()));
        others.add(release);
        return new ServiceReleases(others, current, previous, deploy, promised, holds);
    }

    ServiceReleases without(ReleaseId id) {
        return new ServiceReleases(
                releases.stream().filter(other -> !other.id().equals(id)).toList(),
                current,
                previous,
                deploy,
                promised,
                holds);
    }

    ServiceReleases deploy(Deploy next) {
        return new ServiceReleases(releases, current, previous, Optional.of(next), promised, holds);
    }

    /** The release that is started from now on. */
    ServiceReleases current(ReleaseId next) {
        return new ServiceReleases(releases, Optional.of(next), previous, deploy, promised, holds);
    }

    /** What a rollback goes back to from now on. */
    ServiceReleases previous(Optional<ReleaseId> next) {
        return new ServiceReleases(releases, current, next, deploy, promised, holds);
    }

    ServiceReleases promised(Optional<DeployRequest> next) {
        return new ServiceReleases(releases, current, previous, deploy, next, holds);
    }

    ServiceReleases holds(List<Hold> next) {
        return new ServiceReleases(releases, current, previous, deploy, promised, next);
    }

    /** What may be deleted so that {@code keep} are left beside the current one; the oldest first. */
    List<Release> surplus(int keep) {
        List<Release> others = releases.stream()
                .filter(release -> !isNeeded(release))
                .sorted(Comparator.comparing(Release::storedAt))
                .toList();
        long kept = releases.stream()
                .filter(this::isNeeded)
                .filter(release -> !isCurrent(release))
                .count();
        int spare = (int) Math.max(0, keep - kept);
        return others.subList(0, Math.max(0, others.size() - spare));
    }

    private boolean isCurrent(Release release) {
        return current.filter(release.id()::equals).isPresent();
    }

    /** It runs, is gone back to, is being deployed, or lies where the service's own files lie. */
    private boolean isNeeded(Release release) {
        boolean isDeployed = deploy.filter(one -> !one.isOver())
                .filter(one -> one.target().equals(release.id())
                        || one.back().filter(release.id()::equals).isPresent())
                .isPresent();
        boolean isPrevious = previous.filter(release.id()::equals).isPresent();
        return isCurrent(release) || isPrevious || isDeployed || release.isOriginal();
    }
}
