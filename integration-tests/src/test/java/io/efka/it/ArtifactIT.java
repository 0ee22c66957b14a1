package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.FileServer.Manner;
import io.efka.it.link.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Releases that are fetched as archives, on the packaged agent, from a web server that does what bad servers do. {@code
 * -Defka.artifact.kills=20} sets how often the agent is killed in each state, {@code -Defka.artifact.mb=500} how large the
 * largest artifact is.
 */
class ArtifactIT {
    private static final int KILLS = Integer.getInteger("efka.artifact.kills", 2);
    private static final int LARGEST_MB = Integer.getInteger("efka.artifact.mb", 40);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUICK = "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"20s\"";
    private static final int MB = 1 << 20;

    private TestBroker broker;
    private Device device;
    private FileServer server;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "fetcher").start("--allow-http", "true");
        server = new FileServer();
    }

    @AfterEach
    void stop() {
        server.close();
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    /** A release that says its name. */
    private static Bundle release(String name) {
        return Bundle.script("cam", "echo release " + name, "echo $EFKA_RELEASE >>$EFKA_DATA/ran", "exec sleep 1000")
                .with("release", '"' + name + '"');
    }

    private Archive pack(Bundle bundle, long ballast) {
        return Archive.of(bundle, device.folder().resolve("archives"), ballast);
    }

    private Archive served(String path, Bundle bundle, long ballast, Manner manner) {
        Archive archive = pack(bundle, ballast);
        server.file(path, archive.file(), manner);
        return archive;
    }

    private static String payload(JsonObject artifact, String rest) {
        return "{\"artifact\":" + artifact + "," + rest + "}";
    }

    private JsonObject deploy(JsonObject artifact) {
        return device.ask("cam", "deploy", payload(artifact, QUICK));
    }

    private void send(JsonObject artifact, String rest) {
        device.watcher().publish(device.topic("cam", "cmd/deploy"), payload(artifact, rest));
    }

    private Path home() {
        return device.data().resolve("services/cam");
    }

    private String current() throws IOException {
        return Files.readSymbolicLink(home().resolve("current")).getFileName().toString();
    }

    private List<JsonObject> events(String state) {
        return device.watcher().all(device.topic("cam", "event")).stream()
                .map(Watcher.Seen::json)
                .filter(event -> text(event, "event").equals("deploy")
                        && text(event, "state").equals(state))
                .toList();
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }

    private static String message(JsonObject reply) {
        return text(reply.getAsJsonObject("error"), "message");
    }

    private void restart(String... flags) {
        device.agent().terminate();
        device.start(flags);
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aReleaseIsFetchedThroughARedirectAndOverBreaksAndRuns() throws IOException {
        ok(device.ask("cam", "deploy", inline(release("1.0"))));
        Archive archive = served("/real.tar.gz", release("2.0"), MB, Manner.breakingAfter(400_000));
        server.redirect("/latest", "/real.tar.gz");

        JsonObject reply = ok(deploy(archive.artifact(server.url("/latest"))));

        assertThat(text(reply, "release"))
                .isEqualTo("2.0-" + archive.hash().hex().substring(0, 8))
                .isEqualTo(current());
        device.awaitOutput("cam", "release 2.0\n");
        assertThat(server.requests().stream().map(FileServer.Request::range))
                .containsSequence("bytes=400000-")
                .containsSequence("bytes=800000-");
        for (String state : List.of("queued", "downloading", "verifying", "staged", "activating", "committed"))
            assertThat(events(state)).as(state).isNotEmpty();
        assertThat(names(device.data().resolve("artifacts")))
                .containsExactly(archive.hash().hex());
        assertThat(names(device.data().resolve("services/.staging"))).isEmpty();

        // The same again needs no network, and the one before can be gone back to.
        server.close();
        ok(device.ask("cam", "rollback", "{" + QUICK + "}"));
        assertThat(current()).startsWith("1.0-");
        ok(deploy(archive.artifact(server.url("/latest"))));
        assertThat(current()).startsWith("2.0-");
    }

    private static String inline(Bundle bundle) {
        String json = bundle.json().toString();
        return json.substring(0, json.length() - 1) + "," + QUICK + "}";
    }

    @Test
    void overHttpsWithAnAuthorityAndCredentialsOfTheDevice() throws Exception {
        Path folder = device.folder();
        Certificates.Identity identity = Certificates.make(folder, "files", "EC");
        try (var secure = new FileServer(Certificates.context(folder, "files"))) {
            Archive archive = pack(release("1.0"), 0);
            secure.secret("/cam", archive.file(), "Bearer s3cret");
            Path credentials = folder.resolve("credentials.json");
            Files.writeString(credentials, "{\"127.0.0.1:" + secure.port() + "\":{\"bearer\":\"wrong\"}}");
            Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-r--r--"));

            JsonObject untrusted = deploy(archive.artifact(secure.url("/cam")));
            assertThat(code(untrusted)).isEqualTo("artifact_unavailable");
            assertThat(message(untrusted)).contains("has a certificate that is not trusted");

            restart("--artifact-ca", identity.cert().toString(), "--artifact-credentials", credentials.toString());
            JsonObject open = deploy(archive.artifact(secure.url("/cam")));
            assertThat(code(open)).isEqualTo("not_allowed");
            assertThat(message(open)).contains("chmod 600 " + credentials);
            assertThat(device.agent().log()).contains("is open to other users of this machine");

            Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
            JsonObject wrong = deploy(archive.artifact(secure.url("/cam")));
            assertThat(code(wrong)).isEqualTo("artifact_unavailable");
            assertThat(message(wrong)).contains("401").doesNotContain("wrong");

            // Read at every request: no restart, no signal.
            Files.writeString(credentials, "{\"127.0.0.1:" + secure.port() + "\":{\"bearer\":\"s3cret\"}}");
            ok(deploy(archive.artifact(secure.url("/cam"))));
            assertThat(device.agent().log()).doesNotContain("s3cret");
        }
    }

    @Test
    void fromAFileBelowAnAllowedFolderAndNowhereElse() throws IOException {
        Archive archive = pack(release("1.0"), 0);
        String url = archive.file().toUri().toString();
        JsonObject refused = deploy(archive.artifact(url));
        assertThat(code(refused)).isEqualTo("not_allowed");
        assertThat(message(refused)).contains("must be below one of artifact_roots");

        restart("--artifact-roots", archive.file().getParent().toString());
        // The second source is used where the first one is not there.
        ok(deploy(archive.artifact("file://" + archive.file() + ".none", url)));
        assertThat(current()).startsWith("1.0-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wrong hash      | artifact_mismatch    | has the SHA-256
            wrong size      | artifact_mismatch    | bytes
            not there       | artifact_unavailable | 404
            redirects       | artifact_unavailable | redirects more than 5 times
            no archive      | bad_archive          | archive
            cut off         | bad_archive          | archive
            no manifest     | invalid_manifest     | pack what is in that folder
            other service   | invalid_manifest     | must be "cam"
            other name      | invalid_manifest     | as the command says
            no program      | launch_failed        | does not exist
            other processor | launch_failed        | another processor
            other platform  | incompatible         | this device is linux/
            too large       | not_allowed          | artifact_cache
            no room         | disk_full            | are free
            password in url | bad_argument         | must have no user and password
            other scheme    | bad_argument         | must begin with https:
            """)
    void whatIsWrongIsFoundWhileTheOldReleaseRuns(String what, String code, String message) throws IOException {
        ok(device.ask("cam", "deploy", inline(release("1.0"))));
        String wrong = wrong(what);
        long pid = device.awaitState("cam", "running").get("pid").getAsLong();
        List<String> before = names(home().resolve("releases"));

        JsonObject reply = device.ask("cam", "deploy", wrong);

        assertThat(code(reply)).as("%s", reply).isEqualTo(code);
        assertThat(message(reply)).contains(message);
        assertThat(device.awaitState("cam", "running").get("pid").getAsLong()).isEqualTo(pid);
        assertThat(names(home().resolve("releases"))).isEqualTo(before);
        assertThat(names(device.data().resolve("services/.staging"))).isEmpty();
    }

    private String wrong(String what) throws IOException {
        Bundle bundle = release("2.0");
        switch (what) {
            case "other service" -> bundle = bundle.with("service_id", "\"other\"");
            case "no program" -> bundle = bundle.with("exec", "\"walk.sh\"");
            case "other platform" -> bundle = bundle.with("platform", "[\"linux/s390x\"]");
            case "other processor" -> bundle = bundle.with("exec", "\"made-elsewhere\"");
            default -> {}
        }
        Archive archive = pack(bundle, 0);
        Path folder = archive.file()
                .resolveSibling(archive.file().getFileName().toString().replace(".tar.gz", ""));
        switch (what) {
            case "no archive" -> archive = Archive.of(Files.writeString(folder.resolve("text"), "no archive"));
            case "cut off" -> {
                byte[] whole = Files.readAllBytes(archive.file());
                Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(whole, whole.length / 2));
                archive = Archive.of(cut);
            }
            case "no manifest" ->
                archive = packed(folder.getParent(), folder.getFileName().toString());
            case "other processor" -> {
                Path program = Files.write(folder.resolve("made-elsewhere"), elfOfS390());
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
                archive = packed(folder, ".");
            }
            default -> {}
        }
        server.file("/a", archive.file(), Manner.WELL);
        server.redirect("/loop", "/loop");
        JsonObject artifact = archive.artifact(server.url(
                switch (what) {
                    case "not there" -> "/none";
                    case "redirects" -> "/loop";
                    default -> "/a";
                }));
        switch (what) {
            case "wrong hash" -> artifact.addProperty("sha256", "0".repeat(64));
            case "wrong size" -> artifact.addProperty("size", archive.size() + 1);
            case "too large" -> artifact.addProperty("size", 2L << 30);
            case "no room" -> {
                restart("--allow-http", "--artifact-cache", "1048576GiB");
                artifact.addProperty("size", 1L << 49);
            }
            case "password in url" ->
                artifact.addProperty("url", server.url("/a").replace("127", "eve:secret@127"));
            case "other scheme" -> artifact.addProperty("url", "ftp://127.0.0.1/a");
            default -> {}
        }
        return payload(artifact, QUICK + (what.equals("other name") ? ",\"release\":\"3.0\"" : ""));
    }

    private static Archive packed(Path folder, String what) throws IOException {
        Path archive = folder.resolveSibling(folder.getFileName() + "-again.tar");
        Shell.run("tar", "-C", folder.toString(), "-cf", archive.toString(), what)
                .ok();
        return Archive.of(archive);
    }

    /** The beginning of a program for a mainframe. */
    private static byte[] elfOfS390() {
        var bytes = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 2, 1}, 0, bytes, 0, 7);
        bytes[19] = 22;
        return bytes;
    }

    @Test
    void httpIsRefusedUnlessItIsAllowed() {
        restart();
        Archive archive = served("/a", release("1.0"), 0, Manner.WELL);
        JsonObject reply = deploy(archive.artifact(server.url("/a")));
        assertThat(code(reply)).isEqualTo("not_allowed");
        assertThat(message(reply)).contains("http: with allow_http");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aSlowDownloadTellsHowFarItIsAndCanBeCancelledAndReplaced() throws IOException {
        ok(device.ask("cam", "deploy", inline(release("1.0"))));
        Archive slow = served("/slow", release("2.0"), 2 * MB, Manner.slowly());
        send(slow.artifact(server.url("/slow")), "\"id\":\"slow\"," + QUICK);
        Await.until(
                "it tells three times", PATIENCE, () -> events("downloading").size() >= 3);
        JsonObject status = device.awaitStatus(
                "cam", now -> now.has("deploy") && now.getAsJsonObject("deploy").has("percent"));
        assertThat(text(status, "state")).isEqualTo("running");
        assertThat(status.getAsJsonObject("deploy").get("size").getAsLong()).isEqualTo(slow.size());
        requirePauses(events("downloading"));

        Archive quick = served("/quick", release("3.0"), 0, Manner.WELL);
        ok(deploy(quick.artifact(server.url("/quick"))));
        assertThat(current()).startsWith("3.0-");
        JsonObject superseded = Await.value("the first is answered", PATIENCE, () -> reply("slow"));
        assertThat(text(superseded, "outcome")).isEqualTo("superseded");

        send(slow.artifact(server.url("/slow")), "\"id\":\"again\"," + QUICK);
        Await.until(
                "it is asked for again",
                PATIENCE,
                () -> !last(server.requests()).range().isEmpty());
        ok(device.ask("cam", "cancel", ""));
        assertThat(text(Await.value("it is answered", PATIENCE, () -> reply("again")), "outcome"))
                .isEqualTo("cancelled");
        assertThat(current()).startsWith("3.0-");
    }

    private static void requirePauses(List<JsonObject> events) {
        var times = new ArrayList<Instant>();
        events.forEach(event -> times.add(Instant.parse(text(event, "at"))));
        for (int i = 1; i < times.size(); i++) {
            assertThat(Duration.between(times.get(i - 1), times.get(i))).isGreaterThan(Duration.ofMillis(1900));
        }
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private java.util.Optional<JsonObject> reply(String id) {
        return device.watcher().all(device.topic("reply")).stream()
                .map(Watcher.Seen::json)
                .filter(reply -> reply.has("id") && text(reply, "id").equals(id))
                .findFirst();
    }

    @Test
    void installAndApplyTakeArtifactsAndWhatApplyBringsForAReleaseIsOne() throws IOException {
        Archive first = served("/1", release("1.0"), 0, Manner.WELL);
        String install = payload(first.artifact(server.url("/1")), "\"start\":true," + QUICK);
        JsonObject installed = ok(device.ask("cam", "install", install));
        assertThat(installed.get("installed").getAsBoolean()).isTrue();
        assertThat(current()).startsWith("1.0-");
        device.awaitOutput("cam", "release 1.0\n");
        assertThat(code(device.ask("cam", "install", install))).isEqualTo("already_installed");

        Archive second = served("/2", release("2.0"), 0, Manner.WELL);
        String apply = "{\"services\":{\"cam\":" + payload(second.artifact(server.url("/2")), QUICK) + "}}";
        assertThat(actions(ok(device.ask("apply", apply)))).containsExactly("updated", "restarted");
        assertThat(current()).startsWith("2.0-");
        assertThat(actions(ok(device.ask("apply", apply)))).containsExactly("unchanged");

        String inline = "{\"services\":{\"cam\":" + inline(release("3.0")) + "}}";
        assertThat(actions(ok(device.ask("apply", inline)))).containsExactly("updated", "restarted");
        assertThat(current()).startsWith("3.0-");
        ok(device.ask("cam", "rollback", "{" + QUICK + "}"));
        assertThat(current()).startsWith("2.0-");
    }

    @Test
    void aPatchMakesAReleaseOfTheOneThatCameAsAnArchive() throws IOException {
        Archive first = served("/1", release("1.0"), 100_000, Manner.WELL);
        ok(device.ask("cam", "install", payload(first.artifact(server.url("/1")), "\"start\":true," + QUICK)));
        String before = current();
        Path was = home().resolve("releases").resolve(before);
        String patch = "\"patch\":{\"env\":{\"LEVEL\":\"2\"}}," + QUICK;
        JsonObject plan = ok(device.ask("apply", "{\"plan\":true,\"services\":{\"cam\":{" + patch + "}}}"));
        assertThat(plan.toString()).contains("\"step\":\"store\"", "\"step\":\"watch\"");
        assertThat(current()).isEqualTo(before);

        assertThat(actions(ok(device.ask("apply", "{\"services\":{\"cam\":{" + patch + "}}}"))))
                .containsExactly("updated", "restarted");
        String patched = current();
        assertThat(patched).startsWith("1.0-").isNotEqualTo(before);
        assertThat(plan.toString()).contains("\"target\":\"" + patched + "\"");
        assertThat(names(home().resolve("releases").resolve(patched))).isEqualTo(names(was));
        assertThat(was.resolve("manifest.json")).content().doesNotContain("LEVEL");
        assertThat(ok(device.ask("cam", "manifest", ""))
                        .getAsJsonObject("manifest")
                        .get("env"))
                .hasToString("{\"LEVEL\":\"2\"}");
        assertThat(actions(ok(device.ask("apply", "{\"services\":{\"cam\":{" + patch + "}}}"))))
                .containsExactly("unchanged");
        ok(device.ask("cam", "rollback", "{" + QUICK + "}"));
        assertThat(current()).isEqualTo(before);

        String poor = "\"patch\":{\"exec\":\"nowhere.sh\"}," + QUICK;
        assertThat(code(device.ask("apply", "{\"services\":{\"cam\":{" + poor + "}}}")))
                .isEqualTo("launch_failed");
        assertThat(current()).isEqualTo(before);
    }

    /** Of one service. */
    private static List<String> actions(JsonObject reply) {
        return reply.getAsJsonArray("actions").asList().stream()
                .map(action -> text(action.getAsJsonObject(), "action"))
                .toList();
    }

    @Test
    void anApplyThatWaitsForItsSourceHoldsUpNoOtherCommand() {
        Archive archive = pack(release("1.0"), 0);
        String gone = new FileServer().closed().url("/cam");
        device.watcher()
                .publish(
                        device.topic("cmd/apply"),
                        "{\"id\":\"waits\",\"services\":{\"cam\":" + payload(archive.artifact(gone), QUICK) + "}}");
        Await.until(
                "it says what it waits for",
                PATIENCE,
                () -> events("downloading").stream().anyMatch(event -> event.has("waiting")));
        ok(device.ask("ping", ""));
        ok(device.ask("log-level", "{\"level\":\"info\"}"));
        ok(device.ask("cam", "cancel", ""));
        JsonObject reply = Await.value("it is answered", PATIENCE, () -> reply("waits"));
        assertThat(code(reply)).isEqualTo("cancelled");
    }

    /** In both states, and whether somebody waits for the answer or not. */
    @ParameterizedTest
    @CsvSource({"downloading, true", "downloading, false", "verifying, true", "verifying, false"})
    void anAgentThatIsKilledGoesOnWithTheDownload(String state, boolean waits) throws IOException {
        var random = new Random(7);
        ok(device.ask("cam", "deploy", inline(release("base"))));
        for (int kill = 1; kill <= KILLS; kill++) {
            String name = "r" + kill;
            boolean isDownload = state.equals("downloading");
            Archive archive = served(
                    "/" + name,
                    release(name),
                    isDownload ? 2 * MB : 30 * MB,
                    isDownload ? Manner.slowly() : Manner.WELL);
            send(archive.artifact(server.url("/" + name)), "\"id\":\"" + name + "\",\"wait\":" + waits + "," + QUICK);
            Await.until(name + " is " + state, PATIENCE, () -> isSeen(archive, state));
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(300)).toNanos());
            device.agent().kill();
            server.file("/" + name, archive.file(), Manner.WELL);
            device.start("--allow-http");
            Await.until(name + " is committed", PATIENCE, () -> isSeen(archive, "committed"));
            assertThat(current()).startsWith(name + "-");
            Await.until(name + " is answered", PATIENCE, () -> reply(name).isPresent());
            assertThat(Files.readAllLines(home().resolve("data/ran"))).last().isEqualTo(current());
            if (isDownload) requireContinued("/" + name);
        }
        System.out.println(
                "[artifact] killed " + KILLS + " times while " + state + ", wait " + waits + ": each went on");
    }

    private boolean isSeen(Archive archive, String state) {
        return events(state).stream()
                .anyMatch(event -> text(event, "release")
                        .endsWith("-" + archive.hash().hex().substring(0, 8)));
    }

    private void requireContinued(String path) {
        List<FileServer.Request> asked = server.requests().stream()
                .filter(request -> request.path().equals(path))
                .toList();
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1).range()).startsWith("bytes=").isNotEqualTo("bytes=0-");
    }

    @Test
    void aLargeArtifactNeedsNoMoreMemoryThanTheStartScriptGives() throws IOException {
        device.agent().terminate();
        device.launchIn(
                AgentProcess.World.USUAL.with("-Xms16m", "-Xmx64m", "-Xmn6m", "-Xss256k", "-XX:-UsePerfData"),
                "--allow-http");
        device.awaitOnline();
        Archive archive = served("/large", release("large"), (long) LARGEST_MB * MB, Manner.WELL);
        long begin = System.nanoTime();
        ok(deploy(archive.artifact(server.url("/large"))));
        long took = System.nanoTime() - begin;
        String memory = Files.readAllLines(Path.of("/proc/" + device.agent().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("?");
        assertThat(Files.size(home().resolve("current/ballast"))).isEqualTo((long) LARGEST_MB * MB);
        System.out.println("[artifact] " + LARGEST_MB + " MB fetched, unpacked and proved after "
                + Duration.ofNanos(took).toMillis() + " ms with a heap of 64 MB; " + memory.replaceAll("\\s+", " "));
    }
}
