package io.efka.agent.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonFields;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was asked for, within the document of {@link ReleaseCodec}. */
final class DeployRequestCodec {
    private DeployRequestCodec() {}

    static JsonObject encode(DeployRequest request) {
        var json = new JsonObject();
        request.commandId().ifPresent(id -> json.addProperty("command", id));
        json.addProperty("rollback", request.isRollback());
        encode(request.rule(), json);
        request.ifRelease().ifPresent(release -> json.addProperty("if_release", release));
        json.addProperty("force", request.isForced());
        json.addProperty("ignore_hold", request.ignoresHolds());
        json.addProperty("start", request.starts());
        if (request.isInstall()) json.addProperty("install", true);
        json.add("content", encode(request.content()));
        return json;
    }

    private static JsonObject encode(Content content) {
        var json = new JsonObject();
        if (content instanceof Content.Inline inline) encode(inline, json);
        if (content instanceof Content.Fetched fetched) {
            var sources = new JsonArray();
            fetched.artifact().sources().forEach(source -> sources.add(source.toString()));
            json.add("url", sources);
            json.addProperty("sha256", fetched.artifact().hash().hex());
            json.addProperty("size", fetched.artifact().size());
            fetched.release().ifPresent(release -> json.addProperty("release", release));
        }
        if (content instanceof Content.Stored stored) json.addProperty("stored", stored.release());
        return json;
    }

    private static void encode(Content.Inline inline, JsonObject json) {
        InstallRequest request = inline.request();
        json.addProperty("keeps_others", inline.keepsOthers());
        request.manifest().ifPresent(manifest -> json.addProperty("manifest", manifest));
        var files = new JsonObject();
        request.files().forEach((path, file) -> {
            var one = new JsonObject();
            one.addProperty("mode", file.mode());
            one.addProperty("base64", Base64.getEncoder().encodeToString(file.content()));
            files.add(path, one);
        });
        json.add("files", files);
    }

    /** Adds the rule's fields to those of an object. */
    static void encode(DeployRule rule, JsonObject json) {
        json.addProperty("min_healthy_ms", rule.minHealthy().toMillis());
        json.addProperty("deadline_ms", rule.deadline().toMillis());
        json.addProperty("rolls_back", rule.rollsBack());
        rule.confirmWithin().ifPresent(limit -> json.addProperty("confirm_within_ms", limit.toMillis()));
    }

    /** @throws IllegalArgumentException saying which field is wrong, and how */
    static DeployRequest decode(JsonObject json) {
        JsonObject content = JsonFields.object(json, "content")
                .orElseThrow(() -> new IllegalArgumentException("content must be an object, was missing"));
        return new DeployRequest(
                optional(json, "command"),
                JsonFields.flag(json, "rollback"),
                content(content),
                rule(json),
                optional(json, "if_release"),
                JsonFields.flag(json, "force"),
                has(json, "ignore_hold"),
                JsonFields.flag(json, "start"),
                true,
                has(json, "install"));
    }

    /** A flag that an agent of before did not write. */
    private static boolean has(JsonObject json, String flag) {
        return json.has(flag) && JsonFields.flag(json, flag);
    }

    private static Content content(JsonObject json) {
        if (json.has("files")) return new Content.Inline(inline(json), has(json, "keeps_others"));
        if (json.has("url")) {
            List<URI> sources =
                    JsonFields.texts(json, "url").stream().map(URI::create).toList();
            var artifact = new ArtifactRef(
                    sources,
                    new Sha256(JsonFields.text(json, "sha256")),
                    JsonFields.number(json, "size").longValue());
            return new Content.Fetched(artifact, optional(json, "release"));
        }
        return json.has("stored") ? new Content.Stored(JsonFields.text(json, "stored")) : new Content.Previous();
    }

    private static InstallRequest inline(JsonObject json) {
        Map<String, InlineFile> files = new HashMap<>();
        JsonObject all = JsonFields.object(json, "files").orElseThrow();
        for (String path : all.keySet()) {
            JsonObject file = JsonFields.object(all, path).orElseThrow();
            byte[] bytes = Base64.getDecoder().decode(JsonFields.text(file, "base64"));
            files.put(
                    path, new InlineFile(bytes, JsonFields.number(file, "mode").intValue()));
        }
        return new InstallRequest(optional(json, "manifest"), files, Optional.empty());
    }

    static DeployRule rule(JsonObject json) {
        return new DeployRule(
                millis(json, "min_healthy_ms"),
                millis(json, "deadline_ms"),
                JsonFields.flag(json, "rolls_back"),
                json.has("confirm_within_ms") ? Optional.of(millis(json, "confirm_within_ms")) : Optional.empty());
    }

    private static Duration millis(JsonObject json, String name) {
        return Duration.ofMillis(JsonFields.number(json, name).longValue());
    }

    private static Optional<String> optional(JsonObject json, String name) {
        return json.has(name) ? Optional.of(JsonFields.text(json, name)) : Optional.empty();
    }
}
