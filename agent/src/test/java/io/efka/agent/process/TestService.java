package io.efka.agent.process;

import io.efka.agent.supervision.Launcher.Launch;
import io.efka.fixtures.Manifests;
import io.efka.protocol.RunId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A service to launch: its manifest, changed step by step, and its work directory. */
public final class TestService {
    private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());

    private final Manifests.Draft draft;
    private final Path workDir;

    private TestService(Manifests.Draft draft, Path workDir) {
        this.draft = draft;
        this.workDir = workDir;
    }

    public static TestService shell(Path workDir, String script) {
        return program(workDir, "/bin/sh", "-c", script);
    }

    static TestService program(Path workDir, String exec, String... args) {
        return new TestService(Manifests.draft("cam").exec(exec, args), workDir);
    }

    Manifest manifest() {
        return draft.build();
    }

    TestService named(String id) {
        draft.id(id);
        return this;
    }

    public TestService asking(HealthCheck check, Duration timeout) {
        draft.check(check, timeout);
        return this;
    }

    public TestService limitedTo(Manifest.Limits limits) {
        draft.limits(limits);
        return this;
    }

    TestService grace(Duration grace) {
        draft.grace(grace);
        return this;
    }

    TestService env(Map<String, String> env) {
        draft.env(env);
        return this;
    }

    TestService user(String user) {
        draft.user(user);
        return this;
    }

    TestService group(String group) {
        draft.group(group);
        return this;
    }

    TestService umask(int umask) {
        draft.umask(umask);
        return this;
    }

    /** A launch of its own run. */
    public Launch launch() {
        return new Launch(newRun(), manifest(), workDir);
    }

    static RunId newRun() {
        return new RunId(String.format("01K%023d", NUMBER.incrementAndGet()));
    }
}
