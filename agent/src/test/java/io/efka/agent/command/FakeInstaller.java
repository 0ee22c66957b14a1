package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.install.Installer;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.Installed;
import io.efka.fixtures.Manifests;
import io.efka.protocol.CommandException;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Folders in memory, which outlive the agent. A manifest is faulty where it has no {@code exec}. */
public final class FakeInstaller implements Installer {
    public final Map<ServiceId, String> folders = new TreeMap<>();
    Optional<CommandException> failure = Optional.empty();
    Optional<CommandException> unfit = Optional.empty();
    Optional<CommandException> unchangeable = Optional.empty();
    Optional<CommandException> uninstallable = Optional.empty();
    final Set<ServiceId> registered = new TreeSet<>();
    KillSwitch kill = KillSwitch.never();

    @Override
    public ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
        if (unfit.isPresent()) throw unfit.get();
        return reading(id, text(request));
    }

    @Override
    public Optional<String> foresee(ServiceId id, InstallRequest request) throws CommandException {
        if (uninstallable.isPresent()) throw uninstallable.get();
        return request.workDir().isPresent() ? Optional.empty() : Optional.of("one-00000001");
    }

    @Override
    public boolean hasOthers(ServiceId id, Path workDir, InstallRequest request) {
        return false;
    }

    @Override
    public Installed install(ServiceId id, InstallRequest request) throws CommandException {
        kill.touch();
        if (failure.isPresent()) throw failure.get();
        folders.put(id, text(request));
        kill.touch();
        return installed(id);
    }

    @Override
    public Installed update(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        return install(id, request);
    }

    @Override
    public boolean differs(ServiceId id, Path workDir, InstallRequest request) {
        return !text(request).equals(folders.get(id));
    }

    @Override
    public void requireChangeable(ServiceId id, Path workDir) throws CommandException {
        if (unchangeable.isPresent()) throw unchangeable.get();
    }

    @Override
    public void remove(ServiceId id, Path workDir) throws CommandException {
        kill.touch();
        if (failure.isPresent()) throw failure.get();
        folders.remove(id);
        kill.touch();
    }

    @Override
    public InstalledFiles list(Path workDir) {
        String text = folders.getOrDefault(
                new ServiceId(String.valueOf(workDir.getFileName())), "{\"exec\":\"run.sh\",\"version\":\"1\"}");
        return new InstalledFiles(text, List.of(new InstalledFile("run.sh", 0755, 12, Optional.of("abcd"))), false);
    }

    @Override
    public boolean isOwn(ServiceId id, Path workDir) {
        return !registered.contains(id);
    }

    @Override
    public ManifestReading read(ServiceId id, Path workDir) {
        return reading(id, folders.getOrDefault(id, "{\"exec\":\"run.sh\",\"version\":\"1\"}"));
    }

    Manifest manifest(ServiceId id) {
        return installed(id).manifest();
    }

    private Installed installed(ServiceId id) {
        var usable = (ManifestReading.Usable) read(id, Path.of("/services"));
        return new Installed(Path.of("/services", id.value()), usable.manifest(), usable.warnings());
    }

    private static String text(InstallRequest request) {
        return request.manifest().orElse("{\"exec\":\"run.sh\",\"version\":\"1\"}");
    }

    private static ManifestReading reading(ServiceId id, String text) {
        JsonObject manifest = JsonParser.parseString(text).getAsJsonObject();
        if (!manifest.has("exec")) {
            return new ManifestReading.Unusable(List.of(
                    new Fault("exec", "missing", "must be the program to run"),
                    new Fault("health_check", "missing", "must be a URL")));
        }
        var after = new ArrayList<String>();
        JsonElement others = manifest.has("after") ? manifest.get("after") : new JsonArray();
        others.getAsJsonArray().forEach(other -> after.add(other.getAsString()));
        String version = manifest.has("version") ? manifest.get("version").getAsString() : "1";
        List<String> warnings = manifest.has("exce") ? List.of("unknown key exce") : List.of();
        Manifest read = draft(id, version).after(after.toArray(String[]::new)).build();
        return new ManifestReading.Usable(read, warnings);
    }

    /** What is read of a service's folder: the version is seen in nothing but the program's argument. */
    static Manifests.Draft draft(ServiceId id, String version) {
        return Manifests.draft(id.value()).exec("run.sh", version);
    }
}
