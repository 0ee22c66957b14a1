package io.efka.agent.release;

import io.efka.agent.release.DeployResult.Problem;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one service's releases: on the disk first, then in memory. Confined to the deployer's mailbox, but for what
 * says otherwise.
 */
final class ReleaseRecord {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseRecord.class);

    private final ServiceId id;
    private final ReleaseStore store;

    private volatile ServiceReleases releases;

    /** The last deploy that is over, whatever has begun since: its command may be repeated after a crash. */
    private Optional<Deploy> ended;

    ReleaseRecord(ServiceId id, ServiceReleases found, ReleaseStore store) {
        this.id = id;
        this.store = store;
        this.releases = found;
        this.ended = found.deploy().filter(Deploy::isOver);
    }

    /** Thread-safe. */
    ServiceReleases now() {
        return releases;
    }

    /** Changes what need not be on the disk yet. */
    void change(UnaryOperator<ServiceReleases> change) {
        releases = change.apply(releases);
    }

    /**
     * What is in the folders becomes what is known, unless more is known already.
     *
     * @param current what the service runs, or would
     * @param stored all that are there
     */
    ServiceReleases adopt(ReleaseId current, Set<ReleaseId> stored, DeployPorts ports) {
        if (releases.current().isPresent()) return releases;
        ServiceReleases found = releases.current(current);
        Instant now = ports.timers().now();
        for (ReleaseId release : stored) found = found.stored(release, Optional.empty(), now);
        releases = found;
        saveFact("which release is current");
        ports.changes().changed(id);
        return found;
    }

    /**
     * What was installed without releases becomes the release to go back to.
     *
     * @throws CommandException the service was registered where it is
     */
    void adoptOriginal(DeployPorts ports) throws CommandException {
        releases = withOriginal(ports);
    }

    /** What they would be after {@link #adoptOriginal}. */
    ServiceReleases withOriginal(DeployPorts ports) throws CommandException {
        Optional<Path> workDir =
                ports.services().workDir(id).filter(none -> releases.current().isEmpty());
        if (workDir.isEmpty()) return releases;
        Instant now = ports.timers().now();
        Optional<ReleaseId> release = ports.folders()
                .releaseAt(id, workDir.get())
                .filter(ReleaseId::isLegal)
                .map(ReleaseId::new);
        if (release.isPresent())
            return releases.stored(release.get(), Optional.empty(), now).current(release.get());
        if (workDir.get().toAbsolutePath().normalize().equals(ports.folders().original(id)))
            return releases.original(ports.services().manifest(id).flatMap(Manifest::release), now);
        throw new CommandException(
                ErrorCode.NOT_ALLOWED,
                "service " + id + " was registered where it is, by work_dir, and has no releases: nothing was changed");
    }

    /** Refuses to install what somebody else has installed meanwhile. */
    void requireInstallable(ReleaseId target) throws CommandException {
        Optional<ReleaseId> other = releases.current().filter(current -> !current.equals(target));
        if (other.isEmpty()) return;
        throw new CommandException(
                ErrorCode.ALREADY_INSTALLED,
                "service " + id + " was installed meanwhile, with release " + other.get() + ": nothing was changed");
    }

    /** The deploy that a command began: the one under way, or one that is over. */
    Optional<Deploy> of(String command) {
        return releases.deploy()
                .filter(deploy -> deploy.commandId().filter(command::equals).isPresent())
                .or(() -> ended.filter(
                        deploy -> deploy.commandId().filter(command::equals).isPresent()));
    }

    /** Durable before anybody is told that it was accepted. */
    void promise(DeployRequest request) throws CommandException {
        ServiceReleases changed = releases.promised(Optional.of(request));
        try {
            store.save(id, changed);
        } catch (StoreException e) {
            throw new CommandException(ErrorCode.DISK_FULL, "nothing was changed: " + e.getMessage());
        }
        releases = changed;
    }

    /** Returns whether it was promised. */
    boolean takeBack(DeployRequest request) {
        boolean isPromised = releases.promised()
                .filter(promised -> promised.repeated().equals(request.repeated()))
                .isPresent();
        if (!isPromised) return false;
        releases = releases.promised(Optional.empty());
        saveFact("that a deploy was refused");
        return true;
    }

    /**
     * A deploy has moved. Preparing is not saved: what was promised is.
     *
     * @param waiting what is to begin when it is over
     * @return why it cannot be: nothing has changed
     */
    Optional<Problem> move(Deploy before, Deploy next, Optional<DeployRequest> waiting) {
        ServiceReleases changed = settled(next, waiting);
        boolean isRefusable = before.state() instanceof Staged;
        try {
            if (isBegun(next)) {
                if (isRefusable) store.save(id, changed);
                else store.saveFact(id, changed);
            }
        } catch (StoreException e) {
            LOG.warn("service={} deploy not saved: {}", id, e.getMessage());
            // Otherwise it is saved with its next step.
            if (isRefusable)
                return Optional.of(new Problem(ErrorCode.DISK_FULL, "nothing was changed: " + e.getMessage()));
        }
        releases = changed;
        if (next.isOver()) ended = Optional.of(next);
        return Optional.empty();
    }

    private ServiceReleases settled(Deploy next, Optional<DeployRequest> waiting) {
        ServiceReleases changed = after(next);
        return isBegun(next) ? changed.promised(waiting) : changed;
    }

    /** What they would be: what was current before is what a rollback goes back to, once the new one has proved itself. */
    ServiceReleases after(Deploy next) {
        ServiceReleases changed = releases.deploy(next);
        boolean isKept =
                next.isOver() && changed.current().filter(next.target()::equals).isPresent();
        return isKept && next.back().isPresent() ? changed.previous(next.back()) : changed;
    }

    /** Whether it needs no promise any more. */
    private static boolean isBegun(Deploy deploy) {
        return deploy.state() instanceof DeployState.Activated || deploy.isOver();
    }

    /** A deploy ended before anything was changed. Its promise goes with it, or the next agent would keep it. */
    void abandon(Deploy over, Optional<DeployRequest> waiting) {
        releases = releases.deploy(over).promised(waiting);
        ended = Optional.of(over);
        saveFact("that a deploy failed");
    }

    /** Durable before anybody is told that it stands. */
    void hold(List<Hold> holds) throws CommandException {
        ServiceReleases changed = releases.holds(holds);
        try {
            store.save(id, changed);
        } catch (StoreException e) {
            throw new CommandException(ErrorCode.DISK_FULL, "nothing is held: " + e.getMessage());
        }
        releases = changed;
    }

    /** A hold has ended. If that cannot be saved, the next agent ends it when its time is over. */
    void released(List<Hold> left) {
        releases = releases.holds(left);
        saveFact("that a hold has ended");
    }

    void markBad(ReleaseId release, String why) {
        releases.find(release).ifPresent(found -> {
            releases = releases.with(found.asBad(why));
            saveFact("that release " + release + " is bad");
        });
    }

    private void saveFact(String what) {
        try {
            store.saveFact(id, releases);
        } catch (StoreException e) {
            LOG.warn("service={} {} is not saved yet: {}", id, what, e.getMessage());
        }
    }

    /** The service was removed. */
    void delete() {
        releases = ServiceReleases.NONE;
        ended = Optional.empty();
        store.deleteSoon(id);
    }
}
