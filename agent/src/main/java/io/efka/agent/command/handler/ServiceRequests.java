package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.install.Installer;
import io.efka.agent.install.Installer.InstalledFiles;
import io.efka.agent.supervision.Dependencies;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** How handlers ask supervised services: a missing service is a refusal, an answer is a future. */
public final class ServiceRequests {
    private final ServiceRegistry supervision;
    private final Installer installer;

    public ServiceRequests(ServiceRegistry supervision, Installer installer) {
        this.supervision = supervision;
        this.installer = installer;
    }

    ServiceStatus status(ServiceId id) throws CommandException {
        Optional<ServiceStatus> status = supervision.find(id);
        if (status.isEmpty()) throw unknown(id);
        return status.get();
    }

    boolean isInstalled(ServiceId id) {
        return supervision.find(id).isPresent();
    }

    /** The manifest in use. */
    Manifest manifest(ServiceId id) throws CommandException {
        status(id);
        Optional<Manifest> manifest = supervision.manifest(id);
        if (manifest.isEmpty())
            throw invalid(id, supervision.find(id).map(ServiceStatus::faults).orElse(List.of()));
        return manifest.get();
    }

    /** Whether it is run until it ends, and not kept running. */
    boolean isOneshot(ServiceId id) {
        return supervision.manifest(id).flatMap(Manifest::oneshot).isPresent();
    }

    Path workDir(ServiceId id) throws CommandException {
        Optional<Path> workDir = supervision.workDir(id);
        if (workDir.isEmpty()) throw unknown(id);
        return workDir.get();
    }

    /** What is in the service's folder. */
    InstalledFiles installed(ServiceId id) throws CommandException {
        return installer.list(workDir(id));
    }

    /** The manifest as it is installed, a new object; the message of a refusal has nothing of its content. */
    JsonObject manifestDocument(ServiceId id, InstalledFiles installed) throws CommandException {
        try {
            if (StrictJson.parse(installed.manifest()).root() instanceof JsonObject object) return object;
        } catch (StrictJson.NotJsonException broken) {
            // as if it were no object
        }
        throw new CommandException(
                ErrorCode.INVALID_MANIFEST, "the manifest of " + id + " on the device is not a JSON object");
    }

    /** Whether the agent wrote the service's folder; one that was only registered is not the agent's to change. */
    boolean isOwn(ServiceId id) throws CommandException {
        return installer.isOwn(id, workDir(id));
    }

    /** Tells the supervisor what is asked for; the future completes on its mailbox. */
    CompletableFuture<Outcome> ask(ServiceId id, Asking asking, Function<Request, Event> event)
            throws CommandException {
        Optional<CompletableFuture<Outcome>> outcome = supervision.ask(id, asking.commandId(), asking.waits(), event);
        if (outcome.isEmpty()) throw unknown(id);
        return outcome.get();
    }

    /** On whose behalf a supervisor is asked. */
    record Asking(Optional<String> commandId, boolean waits) {
        static Asking of(Command command) {
            return new Asking(command.id(), command.waits());
        }

        static Asking andWait(Command command) {
            return new Asking(command.id(), true);
        }
    }

    /**
     * Reads the manifest again, so that an edit on the device takes effect.
     *
     * @return its warnings
     * @throws CommandException with all its faults; the earlier manifest stays in use
     */
    List<String> reread(ServiceId id) throws CommandException {
        ManifestReading.Usable usable = usable(id, installer.read(id, workDir(id)));
        if (!supervision.manifest(id).equals(Optional.of(usable.manifest()))) {
            requireNoCycle(usable.manifest());
            supervision.tell(id, new Event.ManifestChanged(usable.manifest()));
        }
        return usable.warnings();
    }

    void requireNoCycle(Manifest manifest) throws CommandException {
        Dependencies dependencies = Dependencies.of(supervision);
        dependencies.put(manifest);
        Optional<Fault> fault = dependencies.fault(manifest.id());
        if (fault.isPresent()) throw invalid(manifest.id(), List.of(fault.get()));
    }

    static ManifestReading.Usable usable(ServiceId id, ManifestReading reading) throws CommandException {
        if (reading instanceof ManifestReading.Usable usable) return usable;
        throw invalid(id, reading.faults());
    }

    private static CommandException invalid(ServiceId id, List<Fault> faults) {
        return CommandException.invalidManifest("manifest of " + id, faults);
    }

    private CommandException unknown(ServiceId id) {
        List<String> known =
                supervision.list().stream().map(status -> status.id().value()).toList();
        return new CommandException(
                ErrorCode.UNKNOWN_SERVICE, "there is no service \"" + id + "\"" + Spelling.hint(id.value(), known));
    }
}
