package io.efka.agent.install;

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.protocol.ServiceId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Requests as the tests of folders need them. */
final class Requests {
    static final ServiceId CAMERA = new ServiceId("camera");

    private Requests() {}

    /** A manifest of {@code camera} with one argument. */
    static String manifest(String arg) {
        return "{\"service_id\":\"camera\",\"exec\":\"run.sh\",\"args\":[\"" + arg
                + "\"],\"health_check\":\"process:\"}";
    }

    /** A service of three files, all of which say {@code version}. */
    static InstallRequest version(String version) {
        return request(
                manifest(version), Map.of("run.sh", file(version, 0755), "conf/deep/app.ini", file(version, 0640)));
    }

    static InstallRequest request(String manifest, Map<String, InlineFile> files) {
        return new InstallRequest(Optional.of(manifest), files, Optional.empty());
    }

    static InstallRequest withFile(String path, InlineFile file) {
        var files = new HashMap<String, InlineFile>();
        files.put("run.sh", file("one", 0755));
        files.put(path, file);
        return request(manifest("one"), files);
    }

    static InstallRequest existing(Path workDir) {
        return new InstallRequest(Optional.empty(), Map.of(), Optional.of(workDir));
    }

    static InlineFile file(String content, int mode) {
        return new InlineFile(content.getBytes(StandardCharsets.UTF_8), mode);
    }
}
