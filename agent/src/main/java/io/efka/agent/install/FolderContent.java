package io.efka.agent.install;

import io.efka.agent.files.FileModes;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Compares the content of a work directory with what should be there. */
record FolderContent(Path workDir) {

    /** Whether the manifest differs in meaning from the plan's, or one of the plan's files is missing or different. */
    boolean differsFrom(InstallPlan plan) throws IOException {
        ManifestReading reading = ManifestFile.read(workDir.resolve(Manifest.FILE_NAME));
        if (!(reading instanceof ManifestReading.Usable usable)) return true;
        if (!usable.manifest().equals(plan.manifest())) return true;
        for (Map.Entry<RelativePath, InlineFile> file : plan.files().entrySet()) {
            boolean isManifest = file.getKey().equals(InstallPlan.MANIFEST);
            if (!isManifest && differs(file.getKey().under(workDir), file.getValue())) return true;
        }
        return false;
    }

    private static boolean differs(Path file, InlineFile wanted) throws IOException {
        return !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || FileModes.of(file) != wanted.mode()
                || Files.size(file) != wanted.content().length
                || !Arrays.equals(Files.readAllBytes(file), wanted.content());
    }

    /**
     * Finds what would stop an update half-way before it begins: a folder where a file should be, or a file
     * or link (which may lead out of the work directory) where a folder should be.
     */
    void requireRoomFor(InstallPlan plan) throws CommandException {
        for (RelativePath file : plan.files().keySet()) {
            if (isFolder(file)) {
                throw new CommandException(
                        ErrorCode.BAD_ARGUMENT, "\"" + file + "\" is a folder in " + workDir + ", cannot be a file");
            }
            for (RelativePath folder : file.folders()) {
                if (!isFolder(folder) && Files.exists(folder.under(workDir), LinkOption.NOFOLLOW_LINKS)) {
                    throw new CommandException(ErrorCode.BAD_ARGUMENT, "\"" + folder + "\" is no folder in " + workDir);
                }
            }
        }
    }

    private boolean isFolder(RelativePath path) {
        return Files.isDirectory(path.under(workDir), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Warns of programs in the manifest that could not be started now. They are no faults: a program may come later, and only the
     * launch shows whether it starts.
     */
    List<String> programWarnings(Manifest manifest) {
        var warnings = new ArrayList<String>();
        checkProgram("exec", manifest.program().exec(), warnings);
        manifest.stop().exec().ifPresent(exec -> checkProgram("stop.exec", exec, warnings));
        if (manifest.health().check() instanceof HealthCheck.Exec exec) {
            checkProgram("health_check", exec.path(), warnings);
        }
        return warnings;
    }

    private void checkProgram(String key, String program, List<String> warnings) {
        Path file;
        try {
            file = workDir.resolve(program);
        } catch (InvalidPathException e) {
            warnings.add(sentence(key, program, "cannot be a file's name in the agent's locale"));
            return;
        }
        if (!Files.exists(file)) warnings.add(sentence(key, program, "is not there"));
        else if (Files.isDirectory(file)) warnings.add(sentence(key, program, "is a folder"));
        else if (!Files.isExecutable(file))
            warnings.add(sentence(key, program, "is not executable (mode 0755 would be)"));
    }

    private static String sentence(String key, String program, String problem) {
        return key + " \"" + program + "\" " + problem;
    }
}
