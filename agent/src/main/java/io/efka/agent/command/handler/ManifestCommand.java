package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.install.Installer.InstalledFile;
import io.efka.agent.install.Installer.InstalledFiles;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** {@code manifest}: what is installed. Values of variables that look like secrets are not told. */
public final class ManifestCommand implements CommandTable.Handler {
    private static final Pattern SECRET =
            Pattern.compile("PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|PWD|PIN$", Pattern.CASE_INSENSITIVE);
    private static final String MASK = "***";

    private final ServiceRequests services;

    public ManifestCommand(ServiceRequests services) {
        this.services = services;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        InstalledFiles installed = services.installed(id);
        JsonObject manifest = services.manifestDocument(id, installed);
        mask(manifest);
        List<ReplyFields> files =
                installed.files().stream().map(ManifestCommand::line).toList();
        ReplyFields fields = ReplyFields.NONE
                .and("work_dir", services.workDir(id).toString())
                .and("manifest", ReplyFields.of(manifest))
                .and("files", files)
                .and("truncated", installed.truncated());
        return CompletableFuture.completedFuture(new CommandResult.Done(fields));
    }

    private static void mask(JsonObject manifest) {
        if (!(manifest.get("env") instanceof JsonObject variables)) return;
        for (String name : List.copyOf(variables.keySet())) {
            if (SECRET.matcher(name).find()) variables.add(name, new JsonPrimitive(MASK));
        }
    }

    private static ReplyFields line(InstalledFile file) {
        ReplyFields line = ReplyFields.NONE
                .and("path", file.path())
                .and("mode", String.format("%04o", file.mode()))
                .and("size", file.size());
        return file.sha256().isPresent() ? line.and("sha256", file.sha256().get()) : line;
    }
}
