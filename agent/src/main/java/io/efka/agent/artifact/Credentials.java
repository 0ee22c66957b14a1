package io.efka.agent.artifact;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.files.FileModes;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * What the agent shows to web servers, by host, from a file that is read anew for each request:
 *
 * <pre>{"files.example": {"username": "dev1", "password": "…"}, "other.example:8443": {"bearer": "…"}}</pre>
 *
 * The host of a redirect is looked up like any other, so no host ever sees what belongs to another one. Thread-safe.
 */
final class Credentials {
    private static final int OF_OTHERS = 0077;
    private static final int MAX_SIZE = 256 * 1024;

    private final Optional<Path> file;

    Credentials(Optional<Path> file) {
        this.file = file;
    }

    /**
     * The value of the header {@code Authorization} for the host and port of a URI; empty if there is none.
     *
     * @throws SourceRefusedException if the file cannot be read, others can read it, or it is not as above
     */
    Optional<String> header(URI uri) throws SourceRefusedException {
        if (file.isEmpty()) return Optional.empty();
        JsonObject hosts = read(file.get());
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        JsonElement entry = hosts.get(host + ":" + port(uri));
        if (entry == null) entry = hosts.get(host);
        if (entry == null) return Optional.empty();
        return Optional.of(header(entry, host));
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return ArtifactRef.scheme(uri).equals("https") ? 443 : 80;
    }

    private JsonObject read(Path path) throws SourceRefusedException {
        try {
            if ((FileModes.of(path.toRealPath()) & OF_OTHERS) != 0) {
                throw refused("can be read by others: chmod 600 " + path);
            }
            if (Files.size(path) > MAX_SIZE) throw refused("must have at most " + MAX_SIZE + " bytes");
            JsonElement root = StrictJson.parse(Files.readString(path, StandardCharsets.UTF_8))
                    .root();
            if (root instanceof JsonObject hosts) return hosts;
            throw refused("must be one JSON object with a key for each host");
        } catch (IOException e) {
            throw refused("cannot be read: " + e);
        } catch (NotJsonException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private String header(JsonElement entry, String host) throws SourceRefusedException {
        if (entry instanceof JsonObject keys) {
            Optional<String> bearer = text(keys, "bearer");
            Optional<String> username = text(keys, "username");
            Optional<String> password = text(keys, "password");
            if (bearer.isPresent() && keys.size() == 1) return "Bearer " + bearer.get();
            if (username.isPresent() && password.isPresent() && keys.size() == 2) {
                byte[] pair = (username.get() + ":" + password.get()).getBytes(StandardCharsets.UTF_8);
                return "Basic " + Base64.getEncoder().encodeToString(pair);
            }
        }
        throw refused(
                "must have {\"bearer\"} or {\"username\",\"password\"}, texts without control characters, the first in ASCII, for "
                        + host);
    }

    private static Optional<String> text(JsonObject keys, String name) {
        boolean isText = keys.get(name) instanceof JsonPrimitive value && value.isString();
        if (!isText) return Optional.empty();
        return Optional.of(keys.get(name).getAsString())
                .filter(text -> text.chars().noneMatch(Character::isISOControl))
                .filter(text -> !name.equals("bearer") || text.chars().allMatch(each -> each < 0x7f));
    }

    private SourceRefusedException refused(String what) {
        return new SourceRefusedException(
                ErrorCode.NOT_ALLOWED,
                "credentials file " + file.map(Path::toString).orElse("") + " " + what);
    }
}
