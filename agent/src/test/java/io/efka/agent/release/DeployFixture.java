package io.efka.agent.release;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.command.FakeSupervision;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.agent.install.Programs;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;

/**
 * Deploys of one service, run on the test's own thread over real folders. {@link #nextLife} is what is left after a kill -9.
 */
final class DeployFixture {
    static final ServiceId CAM = new ServiceId("cam");
    static final Duration MAX_HOLD = Duration.ofHours(24);

    final FakeSupervision services;
    final InMemoryReleases store;
    final FakeTimers timers = new FakeTimers();
    final List<String> events = new ArrayList<>();
    /** The threads of downloads add to it, too. */
    final Deque<Runnable> tasks = new ConcurrentLinkedDeque<>();

    final ArrayDeque<Consumer<Runnable>> turns = new ArrayDeque<>();
    final ReleaseFolders folders;
    final Deployments deployments;

    /** What can be started here: everything, unless the test says otherwise. */
    Programs programs = (manifest, workDir) -> {};

    /** Releases that somebody else may go back to, by name. */
    final Set<String> needed = new HashSet<>();

    /** Whether another command to the service is under way: nothing gets its turn. */
    boolean isBusy;

    /** Whether the disk does the newest of what it is asked first. */
    boolean isDiskBackwards;

    private final Path root;

    DeployFixture(Path root) {
        this(root, new FakeSupervision(), new InMemoryReleases());
    }

    private DeployFixture(Path root, FakeSupervision services, InMemoryReleases store) {
        this.root = root;
        this.services = services;
        services.root = root;
        this.store = store;
        this.folders = new ReleaseFolders(root);
        var cache = new ArtifactCache(root.resolve("artifacts"), 1 << 20, timers);
        var downloads = new Downloads(cache, List.of(), timers, new Random(7));
        this.deployments = new Deployments(
                new DeployPorts(
                        store,
                        folders,
                        new Artifacts(downloads, 1 << 20, tasks::add),
                        (manifest, workDir) -> programs.require(manifest, workDir),
                        services,
                        (id, work) -> turns.add(work),
                        new Recorded(),
                        timers,
                        this::onDisk,
                        MAX_HOLD,
                        (id, release) -> needed.contains(release.name()),
                        id -> {}),
                () -> tasks::add);
    }

    private void onDisk(Runnable task) {
        if (isDiskBackwards) tasks.addFirst(task);
        else tasks.addLast(task);
    }

    private final class Recorded implements Events {
        @Override
        public void device(String kind, Map<String, ?> fields) {}

        @Override
        public void service(ServiceId id, String kind, Map<String, ?> fields) {
            Object what = kind.equals("deploy") ? fields.get("state") : fields.get("by");
            events.add(kind + " " + what + (fields.containsKey("why") ? " " + fields.get("why") : ""));
        }
    }

    /** The next agent over the same disk and the same processes. */
    DeployFixture nextLife() {
        var next = new DeployFixture(root, services, store);
        next.deployments.start();
        return next.settle();
    }

    /** Runs every task that waits for a thread, and every turn that has come. */
    DeployFixture settle() {
        while (!tasks.isEmpty() || (!turns.isEmpty() && !isBusy)) {
            if (!tasks.isEmpty()) tasks.remove().run();
            else turns.remove().accept(() -> {});
        }
        return this;
    }

    /** Lets time pass. */
    DeployFixture after(Duration duration) {
        timers.advance(duration);
        return settle();
    }

    static DeployRequest request(Content content, boolean ignoresHolds) {
        return request(content, ignoresHolds, false);
    }

    static DeployRequest request(Content content, boolean ignoresHolds, boolean isInstall) {
        return new DeployRequest(
                Optional.of("d1"),
                false,
                content,
                DeployRule.STANDARD,
                Optional.empty(),
                false,
                ignoresHolds,
                true,
                false,
                isInstall);
    }

    static Content release(String name) {
        String manifest = "{\"service_id\":\"cam\",\"exec\":\"run.sh\",\"health_check\":\"process:\",\"release\":\""
                + name + "\"}";
        byte[] script = ("#!/bin/sh\n# " + name + "\n").getBytes(StandardCharsets.UTF_8);
        return new Content.Inline(
                new InstallRequest(
                        Optional.of(manifest), Map.of("run.sh", new InlineFile(script, 0755)), Optional.empty()),
                false);
    }

    DeployTicket deploy(String name) {
        DeployTicket ticket = deployments.deploy(CAM, request(release(name), false));
        settle();
        return ticket;
    }

    /** Deploys a release, and lets it prove itself. */
    void deployed(String name) {
        deploy(name);
        after(DeployRule.STANDARD.minHealthy());
    }

    /** What a status shows; {@code none} without a deploy. */
    String state() {
        return deployments
                .releases(CAM)
                .deploy()
                .map(deploy -> deploy.state().visible())
                .orElse("none");
    }

    /** The service's status, as its supervisor would tell it. */
    DeployFixture tellStatus() {
        services.find(CAM).ifPresent(deployments::changed);
        return settle();
    }
}
