package io.efka.agent.output.store;

import io.efka.agent.files.PrivateFiles;
import io.efka.agent.supervision.Logs.Stream;
import io.efka.agent.supervision.OutputFiles;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest.OutputRule;
import io.efka.protocol.manifest.Manifest.OutputRule.Stderr;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The output files of all services, below one folder. Reports every change to a listener, which ships them. */
public final class LogFiles implements OutputFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

    private final Path folder;
    private final Map<String, Long> acknowledged;
    private final LogDisk disk;
    private final Listener listener;
    private final Map<ServiceId, ServiceStreams> services = new ConcurrentHashMap<>();

    /** @param acknowledged the first unacknowledged offset by stream name, from an earlier agent */
    public LogFiles(Path folder, Map<String, Long> acknowledged, LogDisk disk, Listener listener) {
        this.folder = folder.toAbsolutePath();
        this.acknowledged = new ConcurrentHashMap<>(acknowledged);
        this.disk = disk;
        this.listener = listener;
    }

    @Override
    public void register(ServiceId id, OutputRule rule) {
        ServiceStreams streams = services.computeIfAbsent(id, unknown -> open(unknown, rule));
        streams.change(rule);
        listener.changed(streams);
    }

    @Override
    public Paths begin(ServiceId id, RunId run) throws IOException {
        ServiceStreams streams = registered(id);
        try {
            Path stdout = begin(streams.files(Stream.STDOUT), run);
            boolean merged = streams.rule().stderr() == Stderr.MERGE;
            Path stderr = merged ? stdout : begin(streams.files(Stream.STDERR), run);
            return new Paths(stdout, stderr);
        } catch (IOException refused) {
            listener.lost(id, String.valueOf(refused.getMessage()));
            throw refused;
        } finally {
            listener.changed(streams);
        }
    }

    @Override
    public Paths current(ServiceId id) throws IOException {
        ServiceStreams streams = registered(id);
        Segment stdout = streams.files(Stream.STDOUT)
                .newest()
                .orElseThrow(() -> new NoSuchFileException(streams.folder() + ": no output of " + id + " yet"));
        // The rule may have changed since the run began; the files tell.
        Path stderr = streams.files(Stream.STDERR)
                .newest()
                .filter(segment -> segment.run().equals(stdout.run()))
                .map(Segment::path)
                .orElse(stdout.path());
        return new Paths(stdout.path(), stderr);
    }

    @Override
    public boolean forget(ServiceId id) {
        ServiceStreams streams = services.remove(id);
        for (Stream stream : Stream.values()) acknowledged.remove(new StreamId(id, stream).toString());
        if (streams == null) return new ServiceLogFolder(folder.resolve(id.value())).delete();
        listener.gone(streams);
        streams.both().forEach(StreamFiles::forget);
        return new ServiceLogFolder(streams.folder()).delete();
    }

    /** Deletes the output of all other services: only folders and files with names that this class creates. */
    public void forgetAllBut(Set<ServiceId> installed) {
        for (ServiceLogFolder other : ServiceLogFolder.in(folder)) {
            if (installed.contains(other.service())) continue;
            LOG.info("service={} is not installed: its output is deleted", other.service());
            other.delete();
        }
    }

    Optional<ServiceStreams> find(ServiceId id) {
        return Optional.ofNullable(services.get(id));
    }

    /** The first offset that was not acknowledged to an earlier agent; empty for a new stream. */
    Optional<Long> acknowledged(StreamId id) {
        return Optional.ofNullable(acknowledged.get(id.toString()));
    }

    private Path begin(StreamFiles files, RunId run) throws IOException {
        listener.found(files.id(), files.look(), files.end());
        long end = files.end();
        StreamFiles.Begun begun = files.begin(run);
        begun.shared().ifPresent(why -> listener.shared(files.id(), end, why));
        return begun.path();
    }

    private ServiceStreams registered(ServiceId id) throws IOException {
        return find(id).orElseThrow(() -> new NoSuchFileException("output of " + id + ": not a known service"));
    }

    private ServiceStreams open(ServiceId id, OutputRule rule) {
        Path files = folder.resolve(id.value());
        try {
            RegularFile.requireFolder(files);
            narrow(id, files);
        } catch (IOException e) {
            LOG.warn("service={} has no folder for its output: {}", id, FileFailure.words(e));
        }
        return new ServiceStreams(files, load(files, id, Stream.STDOUT), load(files, id, Stream.STDERR), rule);
    }

    /** The parent folder may belong to anybody; this one is the agent's. */
    private static void narrow(ServiceId id, Path files) {
        try {
            if (PrivateFiles.narrow(files))
                LOG.warn("service={} other users could list {}; it is private now", id, files);
        } catch (IOException | UnsupportedOperationException refused) {
            LOG.warn("service={} other users may be able to list {}: {}", id, files, FileFailure.words(refused));
        }
    }

    private StreamFiles load(Path files, ServiceId service, Stream stream) {
        StreamId id = new StreamId(service, stream);
        StreamFiles loaded = new StreamFiles(files, id, acknowledged(id).orElse(0L), disk);
        try {
            listener.found(id, loaded.load(), loaded.end());
        } catch (IOException e) {
            LOG.warn("stream={} its files in {} cannot be listed: {}", id, files, FileFailure.words(e));
        }
        return loaded;
    }

    /** Hears of every change to the files; must not block. */
    public interface Listener {
        /** A stream's files were found at the start, or checked; {@code look} says in which state. */
        void found(StreamId id, StreamFiles.Look look, long end);

        /** A run uses the file of the previous run, from {@code offset} on. */
        void shared(StreamId id, long offset, String why);

        /** A run has no files; its output is lost. */
        void lost(ServiceId id, String why);

        /** A service is new, has another rule, or began another run. */
        void changed(ServiceStreams streams);

        /** A service was removed; its files will be deleted next. */
        void gone(ServiceStreams streams);
    }
}
