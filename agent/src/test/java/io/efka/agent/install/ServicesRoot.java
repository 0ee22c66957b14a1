package io.efka.agent.install;

import static io.efka.agent.install.Requests.CAMERA;
import static io.efka.agent.install.Requests.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.efka.agent.files.FileModes;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A services root that does not exist yet, and a folder beside it whose subfolders may be registered as services. */
record ServicesRoot(Path services, Path outside, ServiceFolders folders) {

    static ServicesRoot in(Path temp) throws IOException {
        Path services = temp.resolve("services");
        Path outside = Files.createDirectory(temp.resolve("outside"));
        return new ServicesRoot(
                services, outside, new ServiceFolders(services, List.of(outside, temp.resolve("not-there"))));
    }

    /** A service in its own folder, without releases, as somebody put it there or an agent of before installed it. */
    static Path place(Path services, String version) throws IOException {
        Path folder = Files.createDirectories(services.resolve("camera"));
        for (Map.Entry<String, InlineFile> file :
                Requests.version(version).files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.write(path, file.getValue().content());
            FileModes.set(path, file.getValue().mode());
        }
        Files.writeString(folder.resolve("manifest.json"), manifest(version));
        return folder;
    }

    CommandException refusedInstall(InstallRequest request) {
        return catchThrowableOfType(CommandException.class, () -> folders.install(CAMERA, request));
    }

    /** A service that was not written by the agent. */
    Path externalCamera() throws IOException {
        Path folder = Files.createDirectory(outside.resolve("cam"));
        Files.writeString(folder.resolve("manifest.json"), manifest("one"));
        return folder;
    }

    void assertNothingIsInstalled() throws IOException {
        assertThat(folders.discover()).isEmpty();
        assertThat(services.resolve("camera")).doesNotExist();
        assertThat(leftovers(services)).isEmpty();
    }

    /** The paths below the services root that belong to no work directory. */
    static List<String> leftovers(Path services) throws IOException {
        if (!Files.exists(services)) return List.of();
        try (Stream<Path> tree = Files.walk(services, 2)) {
            return tree.map(path -> services.relativize(path).toString())
                    .filter(path -> path.startsWith(".") && path.contains("/"))
                    .toList();
        }
    }
}
