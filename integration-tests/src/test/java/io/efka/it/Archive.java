package io.efka.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;

/** A release as an archive, made by the machine's own {@code tar}. */
public record Archive(Path file, Sha256 hash, long size) {

    /**
     * Packs a service.
     *
     * @param folder for the archive and what it is made of
     * @param ballast bytes that do not shrink, of a further file
     */
    public static Archive of(Bundle bundle, Path folder, long ballast) {
        try {
            Path content = Files.createTempDirectory(Files.createDirectories(folder), "content");
            Files.writeString(
                    content.resolve("manifest.json"), bundle.manifest().toString());
            for (String name : bundle.files().keySet()) {
                Path file = content.resolve(name);
                Files.writeString(
                        file, bundle.files().getAsJsonObject(name).get("text").getAsString());
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            if (ballast > 0) noise(content.resolve("ballast"), ballast);
            Path archive = content.resolveSibling(content.getFileName() + ".tar.gz");
            Shell.run("tar", "-C", content.toString(), "--use-compress-program=gzip -1", "-cf", archive.toString(), ".")
                    .ok();
            return of(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Any file, whatever it is. */
    public static Archive of(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        var buffer = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) digest.update(buffer, 0, count);
        }
        return new Archive(file, Sha256.of(digest), Files.size(file));
    }

    private static void noise(Path file, long size) throws IOException {
        var random = new Random(size);
        var buffer = new byte[64 * 1024];
        try (var out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= buffer.length) {
                random.nextBytes(buffer);
                out.write(buffer, 0, (int) Math.min(left, buffer.length));
            }
        }
    }

    /** The argument {@code artifact}. */
    public JsonObject artifact(String... urls) {
        var json = new JsonObject();
        var list = new JsonArray();
        List.of(urls).forEach(list::add);
        json.add("url", list);
        json.addProperty("sha256", hash.hex());
        json.addProperty("size", size);
        return json;
    }
}
