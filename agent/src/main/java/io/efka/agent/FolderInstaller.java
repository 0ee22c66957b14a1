package io.efka.agent;

import io.efka.agent.command.ErrorCode;
import io.efka.agent.command.Installer;
import io.efka.agent.command.Refusal;
import io.efka.agent.install.InstallException;
import io.efka.agent.install.InstallRequest;
import io.efka.agent.install.ManifestReading;
import io.efka.agent.install.ServiceFolders;
import io.efka.agent.service.ServiceId;
import java.nio.file.Path;

/** Service folders as commands see them: their failures as refusals with the codes of the protocol. */
record FolderInstaller(ServiceFolders folders) implements Installer {
    @Override
    public ManifestReading check(ServiceId id, InstallRequest request) throws Refusal {
        try {
            return folders.check(id, request);
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public Installed install(ServiceId id, InstallRequest request) throws Refusal {
        try {
            return installed(folders.install(id, request));
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public Installed update(ServiceId id, Path workDir, InstallRequest request) throws Refusal {
        try {
            return installed(folders.update(id, workDir, request));
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public boolean differs(ServiceId id, Path workDir, InstallRequest request) throws Refusal {
        try {
            return folders.differs(id, workDir, request);
        } catch (InstallException e) {
            throw refusal(e);
        }
    }

    @Override
    public void remove(ServiceId id, Path workDir) throws Refusal {
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

    private static Refusal refusal(InstallException e) {
        ErrorCode code = switch (e.code()) {
            case INVALID_MANIFEST -> ErrorCode.INVALID_MANIFEST;
            case BAD_ARGUMENT -> ErrorCode.BAD_ARGUMENT;
            case NOT_ALLOWED -> ErrorCode.NOT_ALLOWED;
            case ALREADY_INSTALLED -> ErrorCode.ALREADY_INSTALLED;
            case DISK_FULL -> ErrorCode.DISK_FULL;
            case INTERNAL -> ErrorCode.INTERNAL;
        };
        boolean isArgument = code != ErrorCode.INVALID_MANIFEST && !e.faults().isEmpty();
        if (isArgument) return Refusal.of(code, e.faults().get(0));
        return new Refusal(code, String.valueOf(e.getMessage()), e.faults());
    }
}
