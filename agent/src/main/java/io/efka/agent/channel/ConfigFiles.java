package io.efka.agent.channel;

import io.efka.agent.files.AtomicFiles;
import io.efka.agent.files.FileStatus;
import io.efka.agent.files.PrivateFiles;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The configurations as files, for services that do not use the channel. A file is always complete, and only its
 * service can read it.
 */
record ConfigFiles(Path folder) {
    /** A configuration file, or its draft. Drafts of earlier agents have no {@code .json} in their names. */
    private static final Pattern NAME = Pattern.compile("([^.].*)\\.json|\\.(.+?)(?:\\.json)?\\.new");

    Path of(ServiceId service) {
        return folder.resolve(service + ".json");
    }

    /**
     * Writes a service's file, unless it has the right content already. The user that the service runs as can read it.
     */
    void write(Manifest manifest, Configuration configuration) throws IOException {
        byte[] content = (configuration.json() + "\n").getBytes(StandardCharsets.UTF_8);
        if (!isCurrent(manifest, content)) replace(manifest, content);
    }

    // At a launch it usually is, which saves system calls.
    private boolean isCurrent(Manifest manifest, byte[] content) {
        try {
            Path file = of(manifest.id());
            // The size first: the service may have written a file of any size.
            return isOwner(manifest, file)
                    && Files.size(file) == content.length
                    && Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException missing) {
            return false;
        }
    }

    private boolean isOwner(Manifest manifest, Path file) throws IOException {
        if (manifest.program().user().isPresent()) return Files.getOwner(file).equals(owner(manifest));
        return FileStatus.of(file).uid() == FileStatus.of(folder).uid();
    }

    private void replace(Manifest manifest, byte[] content) throws IOException {
        PrivateFiles.requirePassage(folder);
        boolean hasUser = manifest.program().user().isPresent();
        Optional<UserPrincipal> owner = hasUser ? Optional.of(owner(manifest)) : Optional.empty();
        // Not synced, because a launch waits for it: the store has the content, and the next launch compares.
        AtomicFiles.replaceUnsynced(of(manifest.id()), content, owner);
    }

    /** The user that the service runs as: the one in its manifest, or the agent's, who owns the folder. */
    private UserPrincipal owner(Manifest manifest) throws IOException {
        Optional<String> user = manifest.program().user();
        if (user.isEmpty()) return Files.getOwner(folder);
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
    }

    void delete(ServiceId service) throws IOException {
        Files.deleteIfExists(of(service));
        Files.deleteIfExists(AtomicFiles.draftOf(of(service)));
    }

    /** Deletes the files of all other services; leaves files whose names are not of this kind. */
    void deleteAllBut(Set<ServiceId> installed) throws IOException {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Optional<ServiceId> service = service(file);
                if (service.isPresent() && !installed.contains(service.get())) Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Optional<ServiceId> service(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) return Optional.empty();
        String id = name.group(1) == null ? name.group(2) : name.group(1);
        return Names.isLegal(id) ? Optional.of(new ServiceId(id)) : Optional.empty();
    }
}
