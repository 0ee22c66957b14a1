package io.efka.agent.output;

import io.efka.agent.service.Logs.Stream;
import io.efka.agent.service.Manifest.OutputRule;
import io.efka.agent.service.ServiceId;
import java.nio.file.Path;
import java.util.List;

/** The two streams of a service and the rule that holds for both. Thread-safe. */
final class ServiceStreams {
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

    ServiceId id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    OutputRule rule() {
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

    List<StreamFiles> both() {
        return List.of(stdout, stderr);
    }
}
