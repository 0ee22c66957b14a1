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
import io.efka.words.FileFailure;
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
 * The services' configurations. A service with a channel is asked first: a configuration that it refuses, or does not
 * answer, is not stored. Changes for one service are made one after the other. Thread-safe; blocks only where stated.
 */
final class Configurations {
    private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);

    /** How long a service may take to accept or refuse a configuration. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ConfigStore store;
    private final Optional<ConfigFiles> files;
    private final Executor disk;
    /** The last change of each service, until it is complete. */
    @GuardedBy("lastChanges") private final Map<ServiceId, CompletableFuture<CallResult>> lastChanges = new HashMap<>();

    /** @param disk runs tasks that wait for the disk */
    Configurations(ConfigStore store, Optional<ConfigFiles> files, Executor disk) {
        this.store = store;
        this.files = files;
        this.disk = disk;
    }

    /**
     * A requested change.
     *
     * @param manifest of the service; says who owns its file
     */
    record Change(Manifest manifest, JsonObject config, Push push) {
        ServiceId service() {
            return manifest.id();
        }
    }

    /** Asks the service, if it has a channel, whether it accepts a configuration. */
    interface Push {
        /** Empty if the service has no channel. */
        Optional<CompletableFuture<CallResult>> ask(Configuration next);
    }

    Configuration of(ServiceId service) {
        return store.load(service);
    }

    static JsonObject json(Configuration configuration) {
        return JsonParser.parseString(configuration.json()).getAsJsonObject();
    }

    /** Completes when the change is stored, or with the reason why it is not. */
    CompletableFuture<CallResult> set(Change change) {
        synchronized (lastChanges) {
            CompletableFuture<CallResult> before =
                    lastChanges.getOrDefault(change.service(), CompletableFuture.completedFuture(nothing()));
            CompletableFuture<CallResult> now = before.thenComposeAsync(done -> begin(change), disk)
                    .exceptionally(bug -> {
                        FatalErrors.thrown("configuration of " + change.service(), bug);
                        return new CallResult.Unanswered(ErrorCode.INTERNAL, "the agent failed; its log says more");
                    });
            lastChanges.put(change.service(), now);
            now.whenComplete(FatalErrors.top((done, bug) -> forget(change.service(), now)));
            return now;
        }
    }

    private void forget(ServiceId service, CompletableFuture<CallResult> done) {
        synchronized (lastChanges) {
            lastChanges.remove(service, done);
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
                        answer -> answer instanceof CallResult.Done ? store(change, next, true) : answer, disk))
                .orElseGet(() -> CompletableFuture.completedFuture(store(change, next, false)));
    }

    private CallResult store(Change change, Configuration next, boolean applied) {
        try {
            store.save(change.service(), next);
        } catch (StoreException e) {
            // The service uses it already: it gets the stored one again.
            if (applied) change.push().ask(of(change.service()));
            return new CallResult.Unanswered(ErrorCode.DISK_FULL, "the configuration was not kept: " + e.getMessage());
        }
        write(change.manifest());
        // A service that attached in the meantime was given the old one.
        if (!applied) change.push().ask(next);
        return done(next, applied);
    }

    private static CallResult done(Configuration stored, boolean applied) {
        var value = new JsonObject();
        value.addProperty("version", stored.version());
        value.add("config", json(stored));
        value.addProperty("applied", applied);
        return new CallResult.Done(value);
    }

    /** Writes a service's configuration to its file. Blocks for the disk. */
    void write(Manifest manifest) {
        files.ifPresent(all -> {
            try {
                all.write(manifest, of(manifest.id()));
            } catch (IOException e) {
                LOG.warn("service={} configuration file could not be written: {}", manifest.id(), FileFailure.words(e));
            }
        });
    }

    /**
     * The service was removed. Its file is deleted when this returns, so that a later service with the same id does not
     * find it. Blocks for the disk.
     */
    void removed(ServiceId service) {
        store.deleteSoon(service);
        files.ifPresent(all -> {
            try {
                all.delete(service);
            } catch (IOException e) {
                LOG.warn(
                        "service={} configuration file cannot be deleted before the next start: {}",
                        service,
                        FileFailure.words(e));
            }
        });
    }

    /** Deletes the files of services that are not installed. Blocks for the disk. */
    void forgetAllBut(Set<ServiceId> installed) {
        files.ifPresent(all -> {
            try {
                all.deleteAllBut(installed);
            } catch (IOException e) {
                LOG.warn("configuration files of removed services cannot be deleted: {}", FileFailure.words(e));
            }
        });
    }
}
