package io.efka.agent.channel;

import io.efka.agent.service.Configuration;
import io.efka.agent.service.Manifest;
import io.efka.agent.service.ServiceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/** The configurations as files, for services that read no channel: each is whole at any time, and its service's alone. */
record ConfigFiles(Path folder) {

    Path of(ServiceId service) {
        return folder.resolve(service + ".json");
    }

    /** Puts a file in place of the earlier one, readable by the user that the service runs as. */
    void write(Manifest manifest, Configuration configuration) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path file = of(manifest.id());
        Path draft = folder.resolve("." + manifest.id() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(draft, (configuration.json() + "\n").getBytes(StandardCharsets.UTF_8));
        if (manifest.program().user().isPresent()) {
            UserPrincipal owner = FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(manifest.program().user().get());
            Files.setOwner(draft, owner);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete(ServiceId service) throws IOException {
        Files.deleteIfExists(of(service));
    }
}
