package io.efka.agent.install;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Looks at the programs of services. One may be anywhere, also on a dead mount: it is waited for as a registered folder is, see
 * {@link FolderReads}, and then refused. Thread-safe.
 */
public final class ProgramReads implements Programs {
    private final Path servicesRoot;
    private final Programs programs;
    private final FolderReads ownReads = FolderReads.own();
    private final FolderReads reads;

    /**
     * Waits for looks at programs.
     *
     * @param servicesRoot the folder of all services that the agent writes
     * @param programs looks at them, and may block for ever
     */
    public ProgramReads(Path servicesRoot, Programs programs) {
        this(servicesRoot, programs, new FolderReads("agent-read-program"));
    }

    /** @param reads of programs elsewhere */
    ProgramReads(Path servicesRoot, Programs programs, FolderReads reads) {
        this.servicesRoot = servicesRoot.toAbsolutePath().normalize();
        this.programs = programs;
        this.reads = reads;
    }

    /** @throws CommandException also {@code launch_failed} if there is no answer in time */
    @Override
    public void require(Manifest manifest, Path workDir) throws CommandException {
        String exec = manifest.program().exec();
        Path folder = folder(exec, workDir);
        try {
            (folder.startsWith(servicesRoot) ? ownReads : reads).read(folder, () -> {
                programs.require(manifest, workDir);
                return folder;
            });
        } catch (IOException unread) {
            throw new CommandException(ErrorCode.LAUNCH_FAILED, "exec \"" + exec + "\": " + unread.getMessage());
        }
    }

    private static Path folder(String exec, Path workDir) {
        Path parent;
        try {
            parent = workDir.resolve(exec).toAbsolutePath().normalize().getParent();
        } catch (InvalidPathException unusable) {
            return workDir;
        }
        return parent == null ? workDir : parent;
    }
}
