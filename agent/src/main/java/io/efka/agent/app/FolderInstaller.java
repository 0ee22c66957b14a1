package io.efka.agent.app;

import io.efka.agent.command.CommandException;
import io.efka.agent.command.handler.Installer;
import io.efka.agent.install.InstallException;
import io.efka.agent.install.InstallRequest;
import io.efka.agent.install.ServiceFolders;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;

/** Service folders as commands see them: their failures as refusals with the codes of the protocol. */
record FolderInstaller(ServiceFolders folders) implements Installer {
    @Override
    public ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
        try {
            return folders.check(id, request);
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public Installed install(ServiceId id, InstallRequest request) throws CommandException {
        try {
            return installed(folders.install(id, request));
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public Installed update(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        try {
            return installed(folders.update(id, workDir, request));
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public boolean differs(ServiceId id, Path workDir, InstallRequest request) throws CommandException {
        try {
            return folders.differs(id, workDir, request);
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public void remove(ServiceId id, Path workDir) throws CommandException {
        try {
            folders.remove(id, workDir);
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public ManifestReading read(ServiceId id, Path workDir) {
        return folders.read(id, workDir);
    }

    private static Installed installed(io.efka.agent.install.Installed done) {
        return new Installed(done.workDir(), done.manifest(), done.warnings());
    }

    private static CommandException refusal(InstallException e) {
        ErrorCode code = switch (e.code()) {
            case INVALID_MANIFEST -> ErrorCode.INVALID_MANIFEST;
            case BAD_ARGUMENT -> ErrorCode.BAD_ARGUMENT;
            case NOT_ALLOWED -> ErrorCode.NOT_ALLOWED;
            case ALREADY_INSTALLED -> ErrorCode.ALREADY_INSTALLED;
            case DISK_FULL -> ErrorCode.DISK_FULL;
            case INTERNAL -> ErrorCode.INTERNAL;
        };
        boolean isArgument = code != ErrorCode.INVALID_MANIFEST && !e.faults().isEmpty();
        if (isArgument) return CommandException.of(code, e.faults().get(0));
        return new CommandException(code, String.valueOf(e.getMessage()), e.faults());
    }
}
