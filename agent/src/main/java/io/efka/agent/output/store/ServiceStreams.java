package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs.Stream;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest.OutputRule;
import java.nio.file.Path;
import java.util.List;

/** The two streams of a service, and the rule for both. Thread-safe. */
public final class ServiceStreams {
    private final ServiceId id;
    private final Path folder;
    private final StreamFiles stdout;
    private final StreamFiles stderr;
    private volatile OutputRule rule;

    ServiceStreams(Path folder, StreamFiles stdout, StreamFiles stderr, OutputRule rule) {
        this.id = stdout.id().service();
        this.folder = folder;
        this.stdout = stdout;
        this.stderr = stderr;
        this.rule = rule;
    }

    public ServiceId id() {
        return id;
    }

    public Path folder() {
        return folder;
    }

    public OutputRule rule() {
        return rule;
    }

    void change(OutputRule newRule) {
        rule = newRule;
    }

    StreamFiles files(Stream stream) {
        return switch (stream) {
            case STDOUT -> stdout;
            case STDERR -> stderr;
        };
    }

    public List<StreamFiles> both() {
        return List.of(stdout, stderr);
    }
}
