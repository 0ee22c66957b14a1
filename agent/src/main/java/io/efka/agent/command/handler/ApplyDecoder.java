package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.supervision.Dependencies;
import io.efka.protocol.CommandException;
import io.efka.protocol.Fault;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Decodes an apply and finds all that is wrong with it before anything is changed. */
final class ApplyDecoder {
    private static final Set<String> CONTENT = Set.of("artifact", "release", "manifest", "files", "work_dir", "patch");
    private static final Set<String> KNOWN = Set.of(
            "artifact",
            "release",
            "manifest",
            "files",
            "work_dir",
            "patch",
            "desired",
            "min_healthy",
            "healthy_deadline",
            "on_failure",
            "confirm_within");

    private final Surroundings device;
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Manifest> manifests = new ArrayList<>();

    /** For one command. */
    ApplyDecoder(Surroundings device) {
        this.device = device;
    }

    /** What an apply is checked against: the services that are there. */
    interface Surroundings {
        boolean isInstalled(ServiceId id);

        /** Reads the manifest that a request brings; see {@link Installation#check}. */
        ManifestReading check(ServiceId id, InstallRequest request) throws CommandException;

        /** Whether the service's files are the agent's own; false if it was only registered. */
        boolean isOwn(ServiceId id) throws CommandException;

        /** The manifest that a patch is to change; empty where it is not known here. */
        Optional<JsonObject> manifest(ServiceId id) throws CommandException;

        /** The {@code after} lists of the installed services for which {@code kept} is true. */
        Dependencies dependencies(Predicate<ServiceId> kept);
    }

    /** Whether an apply may take as long as its sources do. */
    static boolean fetches(CommandArguments arguments) {
        try {
            CommandArguments services = arguments.object("services").orElseGet(CommandArguments::none);
            for (String name : services.keys()) {
                if (services.object(name)
                        .flatMap(service -> service.any("artifact"))
                        .isPresent()) return true;
            }
            return false;
        } catch (CommandException refused) {
            return false; // when it is decoded
        }
    }

    /** @throws CommandException with all faults of all services */
    ApplyPlan decode(CommandArguments arguments) throws CommandException {
        boolean prune = arguments.flag("prune", false);
        Optional<CommandArguments> services = arguments.object("services");
        if (services.isEmpty()) {
            throw arguments.wrong("services", "an object, as in {\"camera\":{\"manifest\":{…}}}");
        }
        var wanted = new ArrayList<ApplyPlan.Wanted>();
        for (String name : new TreeSet<>(services.get().keys())) {
            wanted(services.get(), name).ifPresent(wanted::add);
        }
        var plan = new ApplyPlan(wanted, prune);
        findCycles(plan);
        if (!faults.isEmpty()) throw CommandException.invalidManifest("nothing was applied", faults);
        return plan;
    }

    List<String> warnings() {
        return warnings;
    }

    private Optional<ApplyPlan.Wanted> wanted(CommandArguments services, String name) {
        String path = "services." + name;
        if (!Names.isLegal(name)) {
            String legal = "must have service ids as keys (1-64 of A-Z a-z 0-9 . _ -, not starting with . or -)";
            faults.add(new Fault("services", JsonExcerpt.of(name), legal));
            return Optional.empty();
        }
        var id = new ServiceId(name);
        try {
            CommandArguments service = services.object(name).orElseGet(CommandArguments::none);
            warnings.addAll(service.warnUnknown(KNOWN));
            Desired desired = desired(service);
            Optional<Content> content = content(id, service);
            if (content.isPresent() && content.get() instanceof Content.Inline inline)
                check(id, path, inline.request());
            return Optional.of(new ApplyPlan.Wanted(id, content, DeployDecoder.rule(service), desired));
        } catch (CommandException refusal) {
            faults.add(refusal.argument().orElseGet(() -> unfit(path, refusal)));
            return Optional.empty();
        }
    }

    private static Desired desired(CommandArguments service) throws CommandException {
        return switch (service.string("desired").orElse("running")) {
            case "running" -> Desired.RUNNING;
            case "stopped" -> Desired.STOPPED;
            default -> throw service.wrong("desired", "\"running\" or \"stopped\"");
        };
    }

    private Optional<Content> content(ServiceId id, CommandArguments service) throws CommandException {
        boolean isNamed = service.keys().stream().anyMatch(CONTENT::contains);
        if (!isNamed && device.isInstalled(id)) return Optional.empty();
        Optional<CommandArguments> patch = service.object("patch");
        if (patch.isPresent()) return patched(id, service, patch.get());
        Optional<Content> fetched = DeployDecoder.fetched(service);
        if (fetched.isPresent()) return fetched;
        if (service.string("release").isPresent()) return Optional.of(DeployDecoder.content(service));
        return Optional.of(new Content.Inline(InstallDecoder.decode(service), true));
    }

    private Optional<Content> patched(ServiceId id, CommandArguments service, CommandArguments patch)
            throws CommandException {
        boolean isAlone = List.of("artifact", "release", "manifest", "files", "work_dir").stream()
                .allMatch(key -> service.any(key).isEmpty());
        if (!isAlone) throw service.wrong("patch", "left out where another content is given");
        if (!device.isOwn(id)) {
            throw service.wrong("patch", "left out: " + id + " was registered, change its manifest where it is");
        }
        return device.manifest(id)
                .map(installed -> MergePatch.apply(installed, patch.content()).toString())
                .map(manifest -> new Content.Inline(
                        new InstallRequest(Optional.of(manifest), Map.of(), Optional.empty()), true));
    }

    private static Fault unfit(String path, CommandException refusal) {
        return new Fault(path, "refused: " + refusal.reason(), "must be installable");
    }

    private void check(ServiceId id, String path, InstallRequest request) {
        try {
            check(id, path, device.check(id, request));
        } catch (CommandException refusal) {
            faults.add(refusal.argument().map(fault -> fault.below(path)).orElseGet(() -> unfit(path, refusal)));
        }
    }

    private void check(ServiceId id, String path, ManifestReading reading) {
        if (reading instanceof ManifestReading.Usable usable) {
            usable.warnings().forEach(warning -> warnings.add(id + ": " + warning));
            manifests.add(usable.manifest());
        } else if (reading instanceof ManifestReading.Unusable unusable) {
            for (Fault fault : unusable.faults()) {
                faults.add(fault.below(path + ".manifest"));
            }
        }
    }

    private void findCycles(ApplyPlan plan) {
        Dependencies dependencies =
                device.dependencies(id -> !plan.prune() || plan.ids().contains(id));
        manifests.forEach(dependencies::put);
        for (Manifest manifest : manifests) {
            dependencies
                    .fault(manifest.id())
                    .ifPresent(fault -> faults.add(fault.below("services." + manifest.id() + ".manifest")));
        }
    }

    /**
     * The services that a device is to have.
     *
     * @param prune whether all others are removed
     */
    record ApplyPlan(List<Wanted> services, boolean prune) {
        ApplyPlan {
            services = List.copyOf(services);
        }

        /**
         * One of them.
         *
         * @param content empty: as it is installed
         * @param rule when it counts as good, where it comes as a release
         */
        record Wanted(ServiceId id, Optional<Content> content, DeployRule rule, Desired desired) {}

        Set<ServiceId> ids() {
            return services.stream().map(Wanted::id).collect(Collectors.toSet());
        }
    }
}
