package io.efka.agent.command.handler;

import io.efka.agent.command.CommandArguments;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.CommandException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Decodes what is to be installed. The installer decides whether the paths are allowed. */
public final class InstallDecoder {
    private static final int DEFAULT_MODE = 0644;

    private InstallDecoder() {}

    public static InstallRequest decode(CommandArguments arguments) throws CommandException {
        Optional<CommandArguments> manifest = arguments.object("manifest");
        Optional<Path> workDir = workDir(arguments);
        Optional<CommandArguments> files = arguments.object("files");
        if (workDir.isPresent() && (manifest.isPresent() || files.isPresent())) {
            throw arguments.wrong("work_dir", "left out where manifest or files are given");
        }
        if (workDir.isEmpty() && manifest.isEmpty()) {
            throw arguments.wrong("manifest", "an object, or work_dir the folder of a service");
        }
        return new InstallRequest(
                manifest.map(CommandArguments::json), files.isPresent() ? files(files.get()) : Map.of(), workDir);
    }

    private static Optional<Path> workDir(CommandArguments arguments) throws CommandException {
        Optional<String> text = arguments.string("work_dir");
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Path.of(text.get()));
        } catch (InvalidPathException e) {
            throw arguments.wrong("work_dir", "the path of a folder");
        }
    }

    private static Map<String, InlineFile> files(CommandArguments files) throws CommandException {
        var decoded = new HashMap<String, InlineFile>();
        for (String path : files.keys()) {
            Optional<CommandArguments> file = files.object(path);
            if (file.isPresent()) decoded.put(path, new InlineFile(content(file.get()), mode(file.get())));
        }
        return decoded;
    }

    private static byte[] content(CommandArguments file) throws CommandException {
        Optional<String> text = file.string("text");
        Optional<String> base64 = file.string("base64");
        if (text.isPresent() == base64.isPresent()) {
            throw file.wrong("text", "a string, or base64 one in its place");
        }
        if (text.isPresent()) return text.get().getBytes(StandardCharsets.UTF_8);
        try {
            return Base64.getDecoder().decode(base64.get());
        } catch (IllegalArgumentException e) {
            throw file.wrong("base64", "bytes in base64");
        }
    }

    private static int mode(CommandArguments file) throws CommandException {
        Optional<String> mode = file.string("mode");
        if (mode.isEmpty()) return DEFAULT_MODE;
        if (!mode.get().matches("0?[0-7]{3}")) throw file.wrong("mode", "an octal mode as in \"0755\"");
        return Integer.parseInt(mode.get(), 8);
    }
}
