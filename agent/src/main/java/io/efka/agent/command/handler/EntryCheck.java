package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandArguments;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import java.util.stream.Stream;

/** Finds what is wrong with a service's files before a document that brings them changes anything. */
public final class EntryCheck {
    private final Installation installation;

    public EntryCheck(Installation installation) {
        this.installation = installation;
    }

    /**
     * Reads the manifest or the artifact that comes with the arguments, if one does. May block for the disk.
     *
     * @param arguments of {@code deploy}, or of an entry of {@code apply}
     * @throws CommandException with the first fault; {@link CommandException#faults} has all of them
     */
    public void check(ServiceId id, JsonObject arguments) throws CommandException {
        CommandArguments entry = CommandArguments.of(arguments);
        if (ArtifactDecoder.decode(entry).isPresent()) return; // its manifest is not here yet
        boolean bringsManifest =
                Stream.of("manifest", "work_dir").anyMatch(key -> entry.any(key).isPresent());
        if (bringsManifest) ServiceRequests.usable(id, installation.check(id, InstallDecoder.decode(entry)));
    }
}
