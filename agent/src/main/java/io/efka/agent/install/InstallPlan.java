package io.efka.agent.install;

import io.efka.agent.files.FileModes;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A service to be written, after all checks: its manifest can be used and its files stay in its folder.
 *
 * @param warnings about the manifest
 * @param files all of them, {@code manifest.json} included
 */
record InstallPlan(ServiceId id, Manifest manifest, List<String> warnings, SortedMap<RelativePath, InlineFile> files) {
    static final RelativePath MANIFEST = new RelativePath(Manifest.FILE_NAME);

    /** Small files that come with a command are few; more want an archive. */
    static final int MAX_FILES = 256;

    /** Four times what a payload can carry. */
    static final int MAX_BYTES = 1024 * 1024;

    /** Its {@code env} may hold a password; the service itself gets it from the agent. */
    private static final int MANIFEST_MODE = 0600;

    InstallPlan {
        warnings = List.copyOf(warnings);
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    static InstallPlan of(ServiceId id, InstallRequest request) throws CommandException {
        SortedMap<RelativePath, InlineFile> files = files(request);
        ManifestReading.Usable usable = ManifestFile.usable(id, manifest(files));
        return new InstallPlan(id, usable.manifest(), usable.warnings(), files);
    }

    /** Of the paths, modes and contents of its files; hexadecimal. */
    String sha256() {
        MessageDigest digest = Sha256.newDigest();
        files.forEach((name, file) -> {
            byte[] path = name.value().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(12)
                    .putInt(path.length)
                    .putInt(file.mode())
                    .putInt(file.content().length)
                    .flip());
            digest.update(path);
            digest.update(file.content());
        });
        return Sha256.of(digest).hex();
    }

    /**
     * What its folder is called as a release.
     *
     * @param sha256 of what it is made of
     */
    String releaseFolder(String sha256) {
        return ReleaseFolders.folderName(manifest.release().orElse(sha256.substring(0, 12)), sha256);
    }

    /** The manifest that a request brings, if all the rest of it can be installed. */
    static ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
        return ManifestFile.named(id, manifest(files(request)));
    }

    private static ManifestReading manifest(SortedMap<RelativePath, InlineFile> files) throws CommandException {
        InlineFile manifest = files.get(MANIFEST);
        if (manifest == null) throw bad("manifest", "missing", "must be an object");
        return ManifestFile.parse(manifest.content());
    }

    /** All files, the manifest among them. */
    private static SortedMap<RelativePath, InlineFile> files(InstallRequest request) throws CommandException {
        SortedMap<RelativePath, InlineFile> files = byPath(request.files());
        Optional<String> text = request.manifest();
        if (text.isPresent() && files.containsKey(MANIFEST)) {
            throw bad("manifest", "there twice", "must be given once, here or as the file manifest.json");
        }
        text.ifPresent(it -> files.put(MANIFEST, new InlineFile(it.getBytes(StandardCharsets.UTF_8), MANIFEST_MODE)));
        checkBounds(files);
        return files;
    }

    private static SortedMap<RelativePath, InlineFile> byPath(Map<String, InlineFile> requested)
            throws CommandException {
        var files = new TreeMap<RelativePath, InlineFile>();
        for (Map.Entry<String, InlineFile> file : requested.entrySet()) {
            files.put(path(file.getKey()), file.getValue());
        }
        return files;
    }

    private static RelativePath path(String value) throws CommandException {
        try {
            return new RelativePath(value);
        } catch (RelativePath.Unfit e) {
            throw CommandException.of(ErrorCode.BAD_ARGUMENT, e.fault());
        }
    }

    private static CommandException bad(String key, String value, String expected) {
        return CommandException.of(ErrorCode.BAD_ARGUMENT, new Fault(key, value, expected));
    }

    private static void checkBounds(SortedMap<RelativePath, InlineFile> files) throws CommandException {
        if (files.size() > MAX_FILES) {
            throw bad("files", files.size() + " files", "must be at most " + MAX_FILES);
        }
        Set<RelativePath> folders = new HashSet<>();
        long bytes = 0;
        for (Map.Entry<RelativePath, InlineFile> file : files.entrySet()) {
            checkMode(file.getKey(), file.getValue().mode());
            folders.addAll(file.getKey().folders());
            bytes += file.getValue().content().length;
        }
        if (bytes > MAX_BYTES) {
            throw bad("files", bytes + " bytes", "must have at most " + MAX_BYTES + " bytes in all");
        }
        for (RelativePath folder : folders) {
            if (files.containsKey(folder)) {
                throw bad("files." + folder, "both", "must be a file or a folder");
            }
        }
    }

    private static void checkMode(RelativePath path, int mode) throws CommandException {
        if (mode < 0 || mode > FileModes.MAX) {
            throw bad("files." + path + ".mode", "0" + Integer.toOctalString(mode), "must be 0 to 0777");
        }
    }
}
