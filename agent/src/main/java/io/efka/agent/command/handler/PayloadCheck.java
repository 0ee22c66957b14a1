package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.supervision.Dependencies;
import io.efka.protocol.CommandException;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.Utf8;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds what is wrong with a payload before it is sent, as far as that can be known without the device. */
public final class PayloadCheck {
    /** The arguments of {@code install}. */
    public static final Set<String> INSTALL = Set.of(
            "artifact",
            "release",
            "manifest",
            "files",
            "work_dir",
            "start",
            "min_healthy",
            "healthy_deadline",
            "on_failure",
            "confirm_within");

    /** The arguments of {@code apply}. */
    public static final Set<String> APPLY = Set.of("services", "prune", "plan");

    private final List<Fault> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private PayloadCheck() {}

    /**
     * What was found, each list in the order of the payload.
     *
     * @param warnings one sentence each
     */
    public record Findings(List<Fault> faults, List<String> warnings) {
        public Findings {
            faults = List.copyOf(faults);
            warnings = List.copyOf(warnings);
        }
    }

    /** Checks a payload of {@code install}; the service is the one that its manifest names. */
    public static Findings ofInstall(JsonObject payload) {
        var check = new PayloadCheck();
        CommandArguments arguments = CommandArguments.of(payload);
        check.warnings.addAll(arguments.warnUnknown(INSTALL));
        check.collect(() -> arguments.flag("start", false));
        check.collect(() -> {
            if (DeployDecoder.fetched(arguments).isPresent()) {
                DeployDecoder.rule(arguments);
                return;
            }
            InstallRequest request = InstallDecoder.decode(arguments);
            if (request.workDir().isPresent()) return;
            ManifestReading reading = request.manifestFor(serviceOf(request));
            if (reading instanceof ManifestReading.Usable usable) check.warnings.addAll(usable.warnings());
            reading.faults().forEach(fault -> check.faults.add(fault.below("manifest")));
        });
        return new Findings(check.faults, check.warnings);
    }

    /** Checks a payload of {@code apply}; a service without a manifest counts as installed. */
    public static Findings ofApply(JsonObject payload) {
        var check = new PayloadCheck();
        CommandArguments arguments = CommandArguments.of(payload);
        check.warnings.addAll(arguments.warnUnknown(APPLY));
        var decoder = new ApplyDecoder(new AnyDevice());
        check.collect(() -> arguments.flag("plan", false));
        check.collect(() -> decoder.decode(arguments));
        check.warnings.addAll(decoder.warnings());
        return new Findings(check.faults, check.warnings);
    }

    /** A part of the check; it refuses what is wrong. */
    private interface Part {
        void run() throws CommandException;
    }

    private void collect(Part part) {
        try {
            part.run();
        } catch (CommandException refusal) {
            faults.addAll(refusal.faults());
            refusal.argument().ifPresent(faults::add);
        }
    }

    /** The one that its manifest names; any where that cannot be used, which is reported for itself. */
    private static ServiceId serviceOf(InstallRequest request) {
        Optional<String> file = Optional.ofNullable(request.files().get(Manifest.FILE_NAME))
                .flatMap(inline -> Utf8.decode(inline.content()));
        return request.manifest()
                .or(() -> file)
                .flatMap(text -> ManifestParser.read(text).ifUsable())
                .map(Manifest::id)
                .orElseGet(() -> new ServiceId("any"));
    }

    /** A device on which everything is installed that the payload does not bring. */
    private static final class AnyDevice implements ApplyDecoder.Surroundings {
        @Override
        public boolean isInstalled(ServiceId id) {
            return true;
        }

        @Override
        public ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
            if (request.workDir().isEmpty()) return request.manifestFor(id);
            return new ManifestReading.Usable(ManifestParser.defaults(id), List.of());
        }

        @Override
        public boolean isOwn(ServiceId id) {
            return true;
        }

        @Override
        public Optional<JsonObject> manifest(ServiceId id) {
            return Optional.empty();
        }

        @Override
        public Dependencies dependencies(Predicate<ServiceId> kept) {
            return new Dependencies();
        }
    }
}
