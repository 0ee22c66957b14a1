package io.efka.fleet.artifact;

import com.google.gson.JsonObject;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.protocol.json.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder with {@code manifest.json} at its top as the entry of a document, its files with it: for small services, which
 * need no artifact.
 */
public final class InlineFolder {
    private static final String MANIFEST = "manifest.json";
    private static final String EXECUTABLE = "0755";

    private InlineFolder() {}

    /**
     * The {@code services} of a document with this one service.
     *
     * @param named the folder, or a link to it
     * @param mostBytes of all files together
     * @throws IOException if the folder cannot be read, has more, or something else than files and folders, saying what is
     *     wrong
     */
    public static JsonObject document(Path named, long mostBytes) throws IOException {
        Path folder = named.toRealPath(); // it may be a link itself
        if (!Files.isRegularFile(folder.resolve(MANIFEST)))
            throw new IOException("there is no manifest.json at its top");
        List<Path> files = files(folder);
        requireSmall(files, mostBytes);
        JsonObject manifest = manifest(folder.resolve(MANIFEST));
        var entry = new JsonObject();
        entry.add("manifest", manifest);
        var contents = new JsonObject();
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            FileNames.requireUtf8(name, file);
            if (!name.equals(MANIFEST)) contents.add(name, content(file));
        }
        entry.add("files", contents);
        var services = new JsonObject();
        services.add(manifest.get("service_id").getAsString(), entry);
        var document = new JsonObject();
        document.add("services", services);
        return document;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> entries = all.sorted().toList();
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(entry + " is neither a file nor a folder; only an artifact can have it");
                }
            }
            return entries.stream().filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e); // such as a folder that may not be read
        }
    }

    private static void requireSmall(List<Path> files, long most) throws IOException {
        long size = 0;
        for (Path file : files) size += Files.size(file);
        if (size > most) {
            throw new IOException("its files may have " + most + " bytes within a document, and have " + size
                    + "; bring them as an artifact (efka artifact push)");
        }
    }

    private static JsonObject manifest(Path file) throws IOException {
        String text = Utf8.decode(Files.readAllBytes(file)).orElseThrow(() -> new IOException(file + " is not UTF-8"));
        try {
            if (!(StrictJson.parse(text).root() instanceof JsonObject manifest)) {
                throw new IOException(file + " must be a JSON object, was " + JsonExcerpt.cut(text, 64));
            }
            if (manifest.get("service_id") == null
                    || !manifest.get("service_id").isJsonPrimitive()) {
                throw new IOException(file + " has no service_id");
            }
            return manifest;
        } catch (NotJsonException e) {
            throw new IOException(file + ": " + e.getMessage());
        }
    }

    private static JsonObject content(Path file) throws IOException {
        var content = new JsonObject();
        byte[] bytes = Files.readAllBytes(file);
        Optional<String> text = Utf8.decode(bytes);
        if (text.isPresent()) content.addProperty("text", text.get());
        else content.addProperty("base64", Base64.getEncoder().encodeToString(bytes));
        if (Files.isExecutable(file)) content.addProperty("mode", EXECUTABLE);
        return content;
    }
}
