package io.efka.agent.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.artifact.ArtifactSource;
import io.efka.agent.artifact.Cancellation;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.artifact.PartialArtifact;
import io.efka.agent.command.FakeSupervision;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.agent.install.Programs;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.agent.runtime.SerialExecutor;
import io.efka.agent.runtime.SystemTimers;
import io.efka.agent.telemetry.Events;
import io.efka.fixtures.Await;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.TaskPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deploys of artifacts, up to the moment in which the service's turn would come. */
final class ArtifactReleaseTest {
    private static final ServiceId CAM = new ServiceId("cam");
    private static final String MANIFEST =
            "{\"service_id\":\"cam\",\"exec\":\"run.sh\",\"health_check\":\"process:\",\"release\":\"1.4\"}";

    @TempDir
    Path folder;

    private final TaskPool pool = TaskPool.fixed("agent-test", 4);
    private final SystemTimers timers = new SystemTimers(pool);
    private final InMemoryReleases store = new InMemoryReleases();
    private final FakeSupervision services = new FakeSupervision();
    private final ScriptedSource source = new ScriptedSource();
    private final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
    private final List<Deployments> lives = new ArrayList<>();
    private final List<Downloads> downloads = new ArrayList<>();
    private Programs programs = (manifest, workDir) -> {};
    private Deployments deployments;

    @BeforeEach
    void begin() {
        deployments = start();
    }

    @AfterEach
    void close() {
        lives.forEach(Deployments::close);
        downloads.forEach(Downloads::close);
        timers.close();
        pool.close();
    }

    /** Has what it is given, and waits where it is told to. */
    private static final class ScriptedSource implements ArtifactSource {
        private final List<String> fetched = new CopyOnWriteArrayList<>();
        private volatile byte[] content = {};
        private volatile int holdsAfter = Integer.MAX_VALUE;
        private volatile CountDownLatch go = new CountDownLatch(1);
        private volatile boolean isHolding;

        @Override
        public boolean serves(URI uri) {
            return true;
        }

        @Override
        public void fetch(URI uri, PartialArtifact sink, Cancellation cancellation) throws IOException {
            fetched.add(uri + " from " + sink.received());
            while (!sink.isComplete()) {
                if (sink.received() >= holdsAfter) hold(cancellation);
                cancellation.check();
                sink.append(new byte[] {content[(int) sink.received()]}, 1);
            }
        }

        private void hold(Cancellation cancellation) {
            cancellation.onCancel(go::countDown);
            isHolding = true;
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            cancellation.clear();
        }
    }

    private Deployments start() {
        var cache = new ArtifactCache(folder.resolve("artifacts"), 1L << 50, timers);
        var started = new Downloads(cache, List.of(source), timers, new Random(7));
        downloads.add(started);
        var ports = new DeployPorts(
                store,
                new ReleaseFolders(folder.resolve("services")),
                new Artifacts(started, 1 << 20, pool),
                (manifest, workDir) -> programs.require(manifest, workDir),
                services,
                (id, work) -> {},
                new Events() {
                    @Override
                    public void device(String kind, Map<String, ?> fields) {}

                    @Override
                    public void service(ServiceId id, String kind, Map<String, ?> fields) {
                        events.add(new HashMap<>(fields));
                    }
                },
                timers,
                pool,
                Duration.ofHours(24),
                (id, release) -> false,
                id -> {});
        var life = new Deployments(ports, () -> new SerialExecutor(pool));
        lives.add(life);
        return life;
    }

    private static byte[] zip(String... namesAndContents) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private ArtifactRef serving(byte[] archive) {
        source.content = archive;
        return new ArtifactRef(List.of(URI.create("https://files/a")), Sha256.of(archive), archive.length);
    }

    private static DeployRequest request(String command, ArtifactRef artifact, Optional<String> release) {
        return request(command, new Content.Fetched(artifact, release));
    }

    private static DeployRequest request(String command, Content content) {
        return new DeployRequest(
                Optional.of(command),
                false,
                content,
                DeployRule.STANDARD,
                Optional.empty(),
                false,
                false,
                true,
                false,
                false);
    }

    private DeployTicket deploy(String command, ArtifactRef artifact) {
        return deployments.deploy(CAM, request(command, artifact, Optional.empty()));
    }

    private Optional<String> state() {
        return deployments.releases(CAM).deploy().map(deploy -> deploy.state().visible());
    }

    private void awaitState(String wanted) {
        Await.until(
                () -> wanted + ", is " + state(),
                Await.LIMIT,
                () -> state().filter(wanted::equals).isPresent());
    }

    /** The states of the events so far. */
    private List<Object> states() {
        return events.stream().map(event -> event.get("state")).toList();
    }

    private static Problem problem(DeployTicket ticket) throws Exception {
        return ticket.result().get(20, TimeUnit.SECONDS).problem().orElseThrow();
    }

    private List<Path> below(String name) throws IOException {
        if (!Files.exists(folder.resolve(name))) return List.of();
        try (Stream<Path> all = Files.list(folder.resolve(name))) {
            return all.toList();
        }
    }

    @Test
    void anArchiveBecomesTheReleaseThatItsManifestNames() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST, "bin/run.sh", "#!/bin/sh\n");
        DeployTicket ticket = deploy("d1", serving(archive));
        awaitState("staged");

        String id = "1.4-" + Sha256.of(archive).hex().substring(0, 8);
        Path release = folder.resolve("services/cam/releases").resolve(id);
        assertThat(deployments.releases(CAM).deploy().orElseThrow().target()).hasToString(id);
        assertThat(release.resolve("bin/run.sh")).hasContent("#!/bin/sh\n");
        assertThat(Files.getPosixFilePermissions(release.resolve("manifest.json")))
                .hasSize(2);
        assertThat(below("services/.staging")).isEmpty();
        assertThat(ticket.result()).isNotDone();
        // The event follows the state.
        Await.until(() -> "events " + states(), Await.LIMIT, () -> states().contains("staged"));
        assertThat(states()).containsExactly("queued", "downloading", "verifying", "staged");
        assertThat(events.get(1)).containsEntry("size", (long) archive.length).containsKeys("bytes", "percent");
    }

    @Test
    void aManifestWithoutANameIsCalledByTheCommandOrElseByTheArtifact() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST.replace(",\"release\":\"1.4\"", ""));
        String hash = Sha256.of(archive).hex();
        deploy("d1", serving(archive));
        awaitState("staged");
        assertThat(deployments.releases(CAM).deploy().orElseThrow().target().name())
                .isEqualTo(hash.substring(0, 12));

        byte[] other = zip("manifest.json", MANIFEST.replace(",\"release\":\"1.4\"", ""), "x", "");
        deployments.deploy(CAM, request("d2", serving(other), Optional.of("mine")));
        Await.until(
                "it is called mine",
                () -> deployments
                                .releases(CAM)
                                .deploy()
                                .orElseThrow()
                                .target()
                                .name()
                                .equals("mine")
                        && state().equals(Optional.of("staged")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            other.json    | 1.4 | invalid_manifest | manifest.json: must be a file at the root of the archive, was missing
            cam/manifest.json | 1.4 | invalid_manifest | it is in cam/: pack what is in that folder
            manifest.json | 1.5 | invalid_manifest | release: must be "1.5", as the command says, was "1.4"
            ../out        | 1.4 | bad_archive      | archive entry "../out"
            """)
    void whatIsWrongIsFoundBeforeAnythingIsStoppedAndNothingIsLeft(
            String entry, String release, String code, String message) throws Exception {
        byte[] archive = zip(entry, MANIFEST);
        DeployTicket ticket = deployments.deploy(CAM, request("d1", serving(archive), Optional.of(release)));

        assertThat(problem(ticket).message()).contains(message);
        assertThat(problem(ticket).code().word()).isEqualTo(code);
        assertThat(below("services/.staging")).isEmpty();
        assertThat(below("services/cam/releases")).isEmpty();
        assertThat(folder.resolve("services/out")).doesNotExist();
    }

    @Test
    void aProgramThatCannotBeStartedIsFoundInTheArchiveAndInWhatCameInline() throws Exception {
        programs = (manifest, workDir) -> {
            assertThat(workDir.resolve(Manifest.FILE_NAME)).exists();
            throw new CommandException(ErrorCode.LAUNCH_FAILED, "no such program");
        };
        assertThat(problem(deploy("d1", serving(zip("manifest.json", MANIFEST))))
                        .message())
                .isEqualTo("no such program");
        var inline = new InstallRequest(Optional.of(MANIFEST), Map.of(), Optional.empty());
        DeployTicket ticket = deployments.deploy(CAM, request("d2", new Content.Inline(inline, false)));
        assertThat(problem(ticket).code()).isEqualTo(ErrorCode.LAUNCH_FAILED);
        assertThat(below("services/cam/releases")).isEmpty();
    }

    @Test
    void anArtifactThatTheDiskHasNoRoomForIsNotEvenFetched() throws Exception {
        var large = new ArtifactRef(List.of(URI.create("https://files/a")), Sha256.of(new byte[1]), 1L << 49);
        Problem problem = problem(deploy("d1", large));
        assertThat(problem.code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(problem.message()).contains("needs 1238489897526886 bytes").contains("are free");
        assertThat(source.fetched).isEmpty();
    }

    @Test
    void anArchiveThatUnpacksToMoreThanIsAllowedIsRefused() throws Exception {
        Problem problem = problem(deploy("d1", serving(zip("a", "x".repeat(1 << 21)))));
        assertThat(problem.code()).isEqualTo(ErrorCode.BAD_ARCHIVE);
    }

    @Test
    void cancelEndsTheDownloadAndWhatCameIsContinuedByTheNextOne() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST);
        source.holdsAfter = 20;
        DeployTicket ticket = deploy("d1", serving(archive));
        awaitState("downloading");
        Await.until("it holds", () -> source.isHolding);
        assertThat(deployments.cancel(CAM, Optional.of("another")).get(20, TimeUnit.SECONDS))
                .as("another deploy is not meant")
                .isEmpty();
        deployments.cancel(CAM, Optional.of("d1"));
        assertThat(ticket.result().get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.CANCELLED);

        source.holdsAfter = Integer.MAX_VALUE;
        deploy("d2", serving(archive));
        awaitState("staged");
        assertThat(source.fetched).hasSize(2);
        assertThat(source.fetched.get(1)).isEqualTo("https://files/a from 20");
    }

    @Test
    void aSecondDeployEndsTheDownloadOfTheFirst() throws Exception {
        source.holdsAfter = 20;
        DeployTicket first = deploy("d1", serving(zip("manifest.json", MANIFEST)));
        Await.until("it holds", () -> source.isHolding);
        source.holdsAfter = Integer.MAX_VALUE;
        byte[] second = zip("manifest.json", MANIFEST, "second", "");
        deploy("d2", serving(second));
        assertThat(first.result().get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.SUPERSEDED);
        awaitState("staged");
        assertThat(deployments.releases(CAM).deploy().orElseThrow().commandId()).hasValue("d2");
    }

    @Test
    void whatWasAcceptedIsGoneOnWithByTheNextAgent() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST);
        source.holdsAfter = 20;
        DeployTicket ticket = deploy("d1", serving(archive));
        ticket.accepted().get(20, TimeUnit.SECONDS);
        Await.until("it holds", () -> source.isHolding);
        // What an agent leaves that is killed.
        deployments.close();
        downloads.get(0).close();
        source.holdsAfter = Integer.MAX_VALUE;

        deployments = start();
        deployments.start();
        awaitState("staged");
        assertThat(source.fetched.get(1)).isEqualTo("https://files/a from 20");
        // Its command is repeated from the ledger, and finds it.
        var again = new DeployRequest(
                Optional.of("d1"),
                false,
                new Content.Fetched(serving(archive), Optional.empty()),
                DeployRule.STANDARD,
                Optional.empty(),
                false,
                false,
                true,
                true,
                false);
        DeployTicket joined = deployments.deploy(CAM, again);
        joined.accepted().get(20, TimeUnit.SECONDS);
        assertThat(joined.result()).isNotDone();
        assertThat(source.fetched).hasSize(2);
    }

    @Test
    void aDeployThatWasReplacedIsNotBegunAgainByItsRepeatedCommand() throws Exception {
        source.holdsAfter = 20;
        deploy("d1", serving(zip("manifest.json", MANIFEST)));
        Await.until("it holds", () -> source.isHolding);
        deploy("d2", serving(zip("manifest.json", MANIFEST, "second", "")))
                .accepted()
                .get(20, TimeUnit.SECONDS);
        deployments.close();
        downloads.get(0).close();

        deployments = start();
        deployments.start();
        DeployTicket repeated = deployments.deploy(
                CAM,
                request("d1", serving(zip("manifest.json", MANIFEST)), Optional.empty())
                        .repeated());
        assertThat(repeated.result().get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(deployments.releases(CAM).deploy().orElseThrow().commandId()).hasValue("d2");
    }

    @Test
    void whatCannotBeRememberedIsNotAccepted() throws Exception {
        store.isFull = true;
        DeployTicket ticket = deploy("d1", serving(zip("manifest.json", MANIFEST)));
        assertThat(problem(ticket).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(source.fetched).isEmpty();
    }

    @Test
    void twoServicesShareOneTransferAndAReleaseThatIsStoredNeedsNone() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST);
        deploy("d1", serving(archive));
        awaitState("staged");
        var other = new ServiceId("other");
        DeployTicket ticket = deployments.deploy(other, request("d2", serving(archive), Optional.empty()));
        assertThat(problem(ticket).message()).contains("must be \"other\", the service it is for");
        deploy("d3", serving(archive));
        Await.until(
                "the third is staged",
                () -> deployments
                                .releases(CAM)
                                .deploy()
                                .orElseThrow()
                                .commandId()
                                .equals(Optional.of("d3"))
                        && state().equals(Optional.of("staged")));
        assertThat(source.fetched).hasSize(1);
    }

    @Test
    void whatRunsIsFoundByItsArtifactAgainAfterTheStateWasLost() throws Exception {
        byte[] archive = zip("manifest.json", MANIFEST);
        deploy("d1", serving(archive));
        awaitState("staged");
        ReleaseId release = deployments.releases(CAM).deploy().orElseThrow().target();
        Path runs = folder.resolve("services/cam/releases").resolve(release.value());
        deployments.close();
        store.deleteSoon(CAM);
        services.add(CAM, runs, new ReleaseFolders(folder.resolve("services")).manifest(CAM, runs));

        deployments = start();
        deployments.start();
        Await.until("it is adopted", () -> deployments.releases(CAM).current().equals(Optional.of(release)));
        deploy("d2", serving(archive));
        awaitState("staged");
        assertThat(deployments.isCurrent(CAM, new Content.Fetched(serving(archive), Optional.empty())))
                .isTrue();
    }

    @Test
    void aRequestSurvivesAsItWas() {
        var artifact = new ArtifactRef(
                List.of(URI.create("https://files/a"), URI.create("mqtt:*")), Sha256.of(new byte[1]), 7);
        var files = Map.of("run.sh", new InlineFile(new byte[] {0, 1, (byte) 0xff}, 0755));
        var inline = new InstallRequest(Optional.of(MANIFEST), files, Optional.empty());
        for (Content content : List.of(
                new Content.Fetched(artifact, Optional.of("1.4")),
                new Content.Fetched(artifact, Optional.empty()),
                new Content.Stored("1.3"),
                new Content.Previous())) {
            var request = new DeployRequest(
                    Optional.of("d1"),
                    true,
                    content,
                    new DeployRule(Duration.ofMillis(7), Duration.ofDays(1), false, Optional.of(Duration.ofSeconds(3))),
                    Optional.of("1.2"),
                    true,
                    true,
                    false,
                    true,
                    false);
            assertThat(DeployRequestCodec.decode(DeployRequestCodec.encode(request)))
                    .isEqualTo(request);
        }
        DeployRequest decoded =
                DeployRequestCodec.decode(DeployRequestCodec.encode(request("d1", new Content.Inline(inline, false))));
        InstallRequest back = ((Content.Inline) decoded.content()).request();
        assertThat(back.manifest()).hasValue(MANIFEST);
        InlineFile file = Objects.requireNonNull(back.files().get("run.sh"));
        assertThat(file.mode()).isEqualTo(0755);
        assertThat(file.content()).containsExactly(0, 1, 0xff);
    }
}
