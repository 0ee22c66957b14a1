package io.efka.agent.command.handler;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.command.CommandArguments;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.protocol.Sizes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decodes the argument {@code artifact}. Which sources are allowed is decided when they are used. */
final class ArtifactDecoder {
    private ArtifactDecoder() {}

    /** Empty if there is no such argument. */
    static Optional<ArtifactRef> decode(CommandArguments arguments) throws CommandException {
        Optional<CommandArguments> given = arguments.object("artifact");
        return given.isEmpty() ? Optional.empty() : Optional.of(artifact(given.get()));
    }

    private static ArtifactRef artifact(CommandArguments artifact) throws CommandException {
        String expectedHash = "the file's SHA-256, 64 hexadecimal digits in lower case";
        Optional<Sha256> hash = Sha256.parse(artifact.required("sha256", expectedHash));
        if (hash.isEmpty()) throw artifact.wrong("sha256", expectedHash);
        String expectedSize = "the file's size in bytes";
        if (artifact.any("size").isEmpty()) throw artifact.wrong("size", expectedSize);
        long size = artifact.whole("size", 1, Sizes.LARGEST).orElseThrow();
        var sources = new ArrayList<URI>();
        try {
            for (String text : urls(artifact)) sources.add(ArtifactRef.source(text));
            return new ArtifactRef(sources, hash.get(), size);
        } catch (ArtifactRef.Unfit refusal) {
            throw CommandException.of(ErrorCode.BAD_ARGUMENT, refusal.fault().below("artifact"));
        }
    }

    private static List<String> urls(CommandArguments artifact) throws CommandException {
        return artifact.texts("url", "a URL as in \"https://files.example/camera.tar.gz\", or a list of them");
    }
}
