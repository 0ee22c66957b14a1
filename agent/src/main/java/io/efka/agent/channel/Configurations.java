package io.efka.agent.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.FatalErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What services are told about how to work. A service with a channel is asked first: what it refuses, or says nothing
 * about, is not kept. One service's changes are made one after the other. Thread-safe; never blocks but where said.
 */
final class Configurations {
    private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);

    /** A service has so long to say whether it takes a configuration. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ConfigStore store;
    private final Optional<ConfigFiles> files;
    private final Executor disk;
    /** The last change of each service, while it is under way. */
    @GuardedBy("last") private final Map<ServiceId, CompletableFuture<CallResult>> last = new HashMap<>();

    /** @param disk runs what waits for a disk */
    Configurations(ConfigStore store, Optional<ConfigFiles> files, Executor disk) {
        this.store = store;
        this.files = files;
        this.disk = disk;
    }

    /**
     * A change that is asked for.
     *
     * @param manifest says whose file it is
     */
    record Change(Manifest manifest, JsonObject config, Push push) {
        ServiceId service() {
            return manifest.id();
        }
    }

    /** Asks the living channel whether it takes a configuration. */
    interface Push {
        /** Empty if there is no living channel. */
        Optional<CompletableFuture<CallResult>> ask(Configuration next);
    }

    Configuration of(ServiceId service) {
        return store.load(service);
    }

    static JsonObject json(Configuration configuration) {
        return JsonParser.parseString(configuration.json()).getAsJsonObject();
    }

    /** Completes when the change is kept, or with why it is not. */
    CompletableFuture<CallResult> set(Change change) {
        synchronized (last) {
            CompletableFuture<CallResult> before =
                    last.getOrDefault(change.service(), CompletableFuture.completedFuture(nothing()));
            CompletableFuture<CallResult> now = before.thenComposeAsync(done -> begin(change), disk)
                    .exceptionally(bug -> {
                        FatalErrors.thrown("configuration of " + change.service(), bug);
                        return new CallResult.Unanswered(ErrorCode.INTERNAL, "the agent failed; its log says more");
                    });
            last.put(change.service(), now);
            now.whenComplete(FatalErrors.top((done, bug) -> forget(change.service(), now)));
            return now;
        }
    }

    private void forget(ServiceId service, CompletableFuture<CallResult> done) {
        synchronized (last) {
            last.remove(service, done);
        }
    }

    private static CallResult nothing() {
        return new CallResult.Done(new JsonObject());
    }

    private CompletableFuture<CallResult> begin(Change change) {
        Configuration old = of(change.service());
        if (json(old).equals(change.config())) return CompletableFuture.completedFuture(done(old, false));
        var next = new Configuration(old.version() + 1, change.config().toString());
        return change.push()
                .ask(next)
                .map(asked -> asked.thenApplyAsync(
                        answer -> answer instanceof CallResult.Done ? keep(change, next, true) : answer, disk))
                .orElseGet(() -> CompletableFuture.completedFuture(keep(change, next, false)));
    }

    private CallResult keep(Change change, Configuration next, boolean applied) {
        try {
            store.save(change.service(), next);
        } catch (StoreException e) {
            // The service has taken it already: it is told what it will find after its next start.
            if (applied) change.push().ask(of(change.service()));
            return new CallResult.Unanswered(ErrorCode.DISK_FULL, "the configuration was not kept: " + e.getMessage());
        }
        write(change.manifest());
        // Whoever attached between the question and this line has been greeted with the old one.
        if (!applied) change.push().ask(next);
        return done(next, applied);
    }

    private static CallResult done(Configuration kept, boolean applied) {
        var value = new JsonObject();
        value.addProperty("version", kept.version());
        value.add("config", json(kept));
        value.addProperty("applied", applied);
        return new CallResult.Done(value);
    }

    /** Writes the newest to its file; blocks for the disk. */
    void write(Manifest manifest) {
        files.ifPresent(all -> {
            try {
                all.write(manifest, of(manifest.id()));
            } catch (IOException e) {
                LOG.warn("service={} configuration file could not be written: {}", manifest.id(), e.toString());
            }
        });
    }

    /** The service is no more: its file is gone when this returns, so that it is not taken for that of a later one. */
    void removed(ServiceId service) {
        store.deleteSoon(service);
        files.ifPresent(all -> {
            try {
                all.delete(service);
            } catch (IOException e) {
                LOG.warn("service={} configuration file stays until the next start: {}", service, e.toString());
            }
        });
    }

    /** Deletes the files of services that are not installed; blocks for that. */
    void forgetAllBut(Set<ServiceId> installed) {
        files.ifPresent(all -> {
            try {
                all.deleteAllBut(installed);
            } catch (IOException e) {
                LOG.warn("configuration files of removed services stay: {}", e.toString());
            }
        });
    }
}
