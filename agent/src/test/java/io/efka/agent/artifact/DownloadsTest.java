package io.efka.agent.artifact;

import static io.efka.agent.artifact.WebServer.chunked;
import static io.efka.agent.artifact.WebServer.oneByOne;
import static io.efka.agent.artifact.WebServer.ranges;
import static io.efka.agent.artifact.WebServer.redirect;
import static io.efka.agent.artifact.WebServer.status;
import static io.efka.agent.artifact.WebServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpExchange;
import io.efka.agent.artifact.WebServer.Request;
import io.efka.agent.files.FileModes;
import io.efka.agent.runtime.SystemTimers;
import io.efka.fixtures.Await;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.threads.TaskPool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadsTest {
    private static final byte[] CONTENT = random(300_000, 1);
    private static final byte[] OTHER = random(300_000, 2);

    private static final String THE_REST = "the rest";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ManualTimers timers = new ManualTimers();
    private final TaskPool pool = TaskPool.fixed("test", 1);
    private final SystemTimers realTimers = new SystemTimers(pool);
    private final AtomicLong progress = new AtomicLong();
    private final List<String> waits = new CopyOnWriteArrayList<>();

    private WebServer server;
    private ArtifactCache cache;
    private HttpSource.Settings settings =
            new HttpSource.Settings(true, Optional.empty(), 0, Map.of(), Optional.empty());
    private Duration stall = Duration.ofSeconds(30);

    private static byte[] random(int length, int seed) {
        var content = new byte[length];
        new Random(seed).nextBytes(content);
        return content;
    }

    @BeforeEach
    void start() throws IOException {
        server = new WebServer();
        cache = new ArtifactCache(folder.resolve("artifacts"), 10_000_000, timers);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) each.close();
        server.close();
        realTimers.close();
        pool.close();
    }

    private Downloads downloads() {
        var http = new HttpSource(settings, realTimers, stall);
        var files = new FileSource(List.of(folder.resolve("stick"), folder.resolve("none")));
        var downloads = new Downloads(cache, List.of(http, files), timers, new Random(1));
        open.add(downloads);
        open.add(http);
        return downloads;
    }

    private final DownloadListener listener = new DownloadListener() {
        @Override
        public void progress(long bytes) {
            progress.set(bytes);
        }

        @Override
        public void waiting(String reason, Duration delay) {
            waits.add(reason);
        }
    };

    private static ArtifactRef ref(URI... sources) {
        return new ArtifactRef(List.of(sources), Sha256.of(CONTENT), CONTENT.length);
    }

    private Download start(URI... sources) throws CommandException {
        return downloads().start(ref(sources), listener);
    }

    private static CachedArtifact await(Download download) throws Exception {
        return download.result().get(30, TimeUnit.SECONDS);
    }

    private void succeeds(URI... sources) throws Exception {
        try (CachedArtifact artifact = await(start(sources))) {
            assertThat(artifact.path()).hasBinaryContent(CONTENT);
        }
        assertThat(folder.resolve("artifacts")).isDirectoryNotContaining("glob:**.part");
    }

    private CommandException fails(URI... sources) throws Exception {
        Download download = start(sources);
        try {
            await(download);
            throw new AssertionError("succeeded");
        } catch (ExecutionException e) {
            return (CommandException) Objects.requireNonNull(e.getCause());
        }
    }

    private Path part() {
        return folder.resolve("artifacts").resolve(Sha256.of(CONTENT) + ".part");
    }

    private List<String> askedRanges() {
        return server.requests().stream().map(Request::range).toList();
    }

    /**
     * Whether the ranges that were asked for are the whole, or, for {@link #THE_REST}, what is left after an answer broke
     * off. Where that begins cannot be said to the byte: when a connection ends, the client throws away what it had
     * received and not handed on yet.
     */
    private static void assertAsked(List<String> ranges, int most, String... expected) {
        assertThat(ranges).hasSize(expected.length);
        int has = 0;
        for (int i = 0; i < expected.length; i++) {
            if (expected[i].equals(THE_REST)) {
                assertThat(ranges.get(i)).matches("bytes=\\d+-");
                int from = Integer.parseInt(ranges.get(i).replaceAll("\\D", ""));
                assertThat(from).isGreaterThan(has).isLessThanOrEqualTo(has + most);
                has = from;
            } else {
                assertThat(ranges.get(i)).isEqualTo(expected[i]);
                has = 0;
            }
        }
    }

    @Nested
    class FromAWebServer {
        @Test
        void anArtifactIsFetchedOnce() throws Exception {
            server.page("/a", whole(CONTENT));

            succeeds(server.uri("/a"));
            succeeds(server.uri("/a"));

            assertThat(server.requests()).hasSize(1);
            assertThat(progress).hasValue(CONTENT.length);
        }

        @Test
        void aBrokenTransferIsContinued() throws Exception {
            server.page("/a", ranges(CONTENT, "\"v1\"", 100_000));

            succeeds(server.uri("/a"));

            // Three answers of 100,000 bytes, or one more if the client lost the last bytes of one.
            var rest = Collections.nCopies(server.requests().size() == 4 ? 3 : 2, THE_REST);
            assertAsked(
                    askedRanges(),
                    100_000,
                    Stream.concat(Stream.of(""), rest.stream()).toArray(String[]::new));
            assertThat(server.requests().get(1).ifRange()).isEqualTo("\"v1\"");
        }

        @Test
        void aTransferBeginsAnewIfTheVersionChanged() throws Exception {
            server.page("/a", oneByOne(ranges(OTHER, "\"v1\"", 100_000), ranges(CONTENT, "\"v2\"", 400_000)));

            succeeds(server.uri("/a"));

            assertThat(server.requests().get(1).ifRange()).isEqualTo("\"v1\"");
            assertThat(server.requests()).hasSize(2);
        }

        @Test
        void aTransferOfTwoVersionsBeginsAnew() throws Exception {
            // A weak tag says nothing about bytes, so the server cannot know.
            server.page("/a", oneByOne(ranges(OTHER, "W/1", 100_000), ranges(CONTENT, "W/2", 400_000)));

            succeeds(server.uri("/a"));

            assertAsked(askedRanges(), 100_000, "", THE_REST, "");
        }

        @Test
        void aServerWithoutRangesBeginsAnew() throws Exception {
            server.page("/a", oneByOne(ranges(CONTENT, "\"v1\"", 100_000), whole(CONTENT)));

            succeeds(server.uri("/a"));

            assertAsked(askedRanges(), 100_000, "", THE_REST);
        }

        @Test
        void aRangeThatDoesNotExistBeginsAnew() throws Exception {
            server.page("/a", oneByOne(ranges(CONTENT, "\"v1\"", 100_000), status(416), whole(CONTENT)));

            succeeds(server.uri("/a"));

            assertAsked(askedRanges(), 100_000, "", THE_REST, "");
        }

        @Test
        void whatAnotherAgentLeftIsContinued() throws Exception {
            Files.createDirectories(part().getParent());
            Files.write(part(), Arrays.copyOf(CONTENT, 250_000));
            server.page("/a", ranges(CONTENT, "\"v1\"", 400_000));

            succeeds(server.uri("/a"));

            assertThat(askedRanges()).containsExactly("bytes=250000-");
        }

        @Test
        void aCompletePartNeedsNoServer() throws Exception {
            Files.createDirectories(part().getParent());
            Files.write(part(), CONTENT);

            succeeds(server.uri("/a"));

            assertThat(server.requests()).isEmpty();
        }

        @Test
        void aPartThatIsDamagedIsFetchedAgain() throws Exception {
            Files.createDirectories(part().getParent());
            Files.write(part(), Arrays.copyOf(OTHER, 250_000));
            server.page("/a", ranges(CONTENT, "\"v1\"", 400_000));

            succeeds(server.uri("/a"));

            assertThat(askedRanges()).containsExactly("bytes=250000-", "");
        }

        @Test
        void aPartThatIsTooLongIsForgotten() throws Exception {
            Files.createDirectories(part().getParent());
            Files.write(part(), new byte[CONTENT.length + 1]);
            server.page("/a", whole(CONTENT));

            succeeds(server.uri("/a"));
        }

        @Test
        void redirectsAreFollowed() throws Exception {
            for (int i = 0; i < 5; i++) server.page("/" + i, redirect("/" + (i + 1)));
            server.page("/5", whole(CONTENT));

            succeeds(server.uri("/0"));
        }

        @Test
        void theRateIsLimited() throws Exception {
            settings = new HttpSource.Settings(true, Optional.empty(), 400_000, Map.of(), Optional.empty());
            server.page("/a", whole(CONTENT));
            long begun = System.nanoTime();

            succeeds(server.uri("/a"));

            // A quarter of a second's bytes are free.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(450));
        }

        @Test
        void theEnvironmentsProxyIsUsed() throws Exception {
            settings = new HttpSource.Settings(
                    true,
                    Optional.empty(),
                    0,
                    Map.of("http_proxy", "http://127.0.0.1:" + server.port(), "NO_PROXY", "localhost,example"),
                    Optional.empty());
            server.page("/a", whole(CONTENT));

            succeeds(URI.create("http://files.invalid/a"));

            assertThat(server.requests().get(0).host()).isEqualTo("files.invalid");
        }
    }

    @Nested
    class Refusals {
        @Test
        void theSixthRedirectIsRefused() throws Exception {
            server.page("/a", redirect("/a"));

            assertThat(fails(server.uri("/a")).reason()).endsWith("/a redirects more than 5 times");
            assertThat(server.requests()).hasSize(6);
        }

        @Test
        void aWrongHashSaysWhatWasExpectedAndFound() throws Exception {
            server.page("/a", whole(OTHER));

            CommandException failure = fails(server.uri("/a"));

            assertThat(failure.code()).isEqualTo(ErrorCode.ARTIFACT_MISMATCH);
            assertThat(failure.reason())
                    .endsWith("/a has the SHA-256 " + Sha256.of(OTHER) + ", expected " + Sha256.of(CONTENT));
            assertThat(server.requests()).hasSize(1);
        }

        @Test
        void aWrongLengthIsNotEvenFetched() throws Exception {
            server.page("/a", whole(new byte[20_000]));

            CommandException failure = fails(server.uri("/a"));

            assertThat(failure.code()).isEqualTo(ErrorCode.ARTIFACT_MISMATCH);
            assertThat(failure.reason()).endsWith("/a has 20000 bytes, expected 300000");
        }

        @Test
        void anAnswerThatIsTooLongIsCutOff() throws Exception {
            server.page("/a", chunked(Arrays.copyOf(CONTENT, 20_000_000)));

            assertThat(fails(server.uri("/a")).reason()).endsWith("/a has more than 300000 bytes, expected 300000");
        }

        @Test
        void anAnswerThatIsTooShortIsAWrongSize() throws Exception {
            server.page("/a", chunked(Arrays.copyOf(CONTENT, 299_999)));

            assertThat(fails(server.uri("/a")).reason()).endsWith("/a has 299999 bytes, expected 300000");
        }

        @Test
        void aLoginPageDoesNotCostWhatIsThere() throws Exception {
            server.page("/a", oneByOne(ranges(CONTENT, "\"v1\"", 100_000), whole(new byte[50])));

            assertThat(fails(server.uri("/a")).reason()).endsWith("/a has 50 bytes, expected 300000");

            assertThat(part()).hasSize(100_000);
        }

        @Test
        void aRedirectToNonsenseIsRefused() throws Exception {
            for (String location : List.of(
                    "", "::", "http://", "http://h:99999/", "ftp://host/x", "http://u:p@host/", "file:///etc/passwd")) {
                server.page("/a", redirect(location));

                assertThat(fails(server.uri("/a")).code())
                        .as(location)
                        .isIn(ErrorCode.ARTIFACT_UNAVAILABLE, ErrorCode.NOT_ALLOWED);
            }
        }

        @Test
        void theNextSourceIsTried() throws Exception {
            server.page("/wrong", whole(OTHER)).page("/right", whole(CONTENT));

            succeeds(server.uri("/none"), server.uri("/wrong"), ArtifactRef.source("mqtt:"), server.uri("/right"));
        }

        @Test
        void aSourceThatBreaksDoesNotSpoilTheNextOne() throws Exception {
            server.page("/wrong", oneByOne(ranges(OTHER, "\"o\"", 100_000), status(404)))
                    .page("/right", ranges(CONTENT, "\"r\"", 400_000));

            succeeds(server.uri("/wrong"), server.uri("/right"));
        }

        @Test
        void everySourceIsNamed() throws Exception {
            server.page("/locked", status(401)).page("/gone", status(410));

            CommandException failure = fails(server.uri("/locked"), server.uri("/gone?token=secret"));

            assertThat(failure.code()).isEqualTo(ErrorCode.ARTIFACT_UNAVAILABLE);
            assertThat(failure.reason())
                    .contains("/locked answers with status 401: the device's credentials file must have")
                    .contains("/gone?… answers with status 410")
                    .doesNotContain("secret");
        }

        @Test
        void httpMustBeAllowed() throws Exception {
            settings = new HttpSource.Settings(false, Optional.empty(), 0, Map.of(), Optional.empty());

            CommandException failure = fails(server.uri("/a"));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(failure.reason()).endsWith("/a must be https:, or http: with allow_http");
            assertThat(server.requests()).isEmpty();
        }

        @Test
        void anArtifactThatIsLargerThanTheCacheIsRefused() {
            var large = new ArtifactRef(List.of(server.uri("/a")), Sha256.of(CONTENT), 10_000_001);

            assertThatThrownBy(() -> downloads().start(large, listener))
                    .hasMessage("artifact has 10000001 bytes, more than artifact_cache, which is 10000000");
        }
    }

    @Nested
    class WithCredentials {
        private Path file;

        @BeforeEach
        void write() throws IOException {
            file = folder.resolve("credentials.json");
            Files.writeString(file, "{\"127.0.0.1\":{\"bearer\":\"t0ken\"}}");
            FileModes.set(file, 0600);
            settings = new HttpSource.Settings(true, Optional.of(file), 0, Map.of(), Optional.empty());
        }

        @Test
        void onlyTheirHostGetsThem() throws Exception {
            server.page("/a", redirect("http://localhost:" + server.port() + "/b"))
                    .page("/b", whole(CONTENT));

            succeeds(server.uri("/a"));

            assertThat(server.requests())
                    .extracting(Request::path, Request::authorization)
                    .containsExactly(tuple("/a", "Bearer t0ken"), tuple("/b", ""));
        }

        @Test
        void aFileThatOthersCanReadIsNotUsed() throws Exception {
            FileModes.set(file, 0640);

            CommandException failure = fails(server.uri("/a"));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(failure.reason()).contains("can be read by others: chmod 600 " + file);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Nested
    class OverTls {
        private SSLContext identity;
        private WebServer secure;

        @BeforeEach
        void startSecure() throws Exception {
            identity = TlsIdentity.create(folder);
            secure = WebServer.secure(identity);
            open.add(secure);
            settings =
                    new HttpSource.Settings(true, Optional.empty(), 0, Map.of(), Optional.of(TlsIdentity.pem(folder)));
        }

        @Test
        void aBrokenTransferIsContinued() throws Exception {
            secure.page("/a", ranges(CONTENT, "\"v1\"", 200_000));

            succeeds(secure.uri("/a"));

            assertAsked(secure.requests().stream().map(Request::range).toList(), 200_000, "", THE_REST);
        }

        @Test
        void noRedirectLeadsToHttp() throws Exception {
            secure.page("/a", redirect(server.uri("/a").toString()));
            server.page("/a", whole(CONTENT));

            CommandException failure = fails(secure.uri("/a"));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(failure.reason()).endsWith("redirects from https to " + server.uri("/a"));
            assertThat(server.requests()).isEmpty();
        }

        @Test
        void aCertificateThatIsNotTrustedIsRefused() throws Exception {
            settings = new HttpSource.Settings(true, Optional.empty(), 0, Map.of(), Optional.empty());

            assertThat(fails(secure.uri("/a")).reason()).contains("has a certificate that is not trusted");
        }

        @Test
        void aFileOfAuthoritiesThatCannotBeReadIsNamedAndMayComeLater() throws Exception {
            Path file = folder.resolve("later.pem");
            settings = new HttpSource.Settings(true, Optional.empty(), 0, Map.of(), Optional.of(file));
            secure.page("/a", whole(CONTENT));
            Download download = start(secure.uri("/a"));
            Await.until("it waits", () -> !waits.isEmpty());
            assertThat(waits.get(0)).contains("artifact_ca").contains(file.toString());

            Files.copy(TlsIdentity.pem(folder), file);
            timers.runNext();
            await(download).close();
        }
    }

    @Nested
    class WithoutANetwork {
        @Test
        void theWaitsGrow() throws Exception {
            server.page("/a", status(503));
            Download download = start(server.uri("/a"));
            var at = new ArrayList<Duration>();
            for (int i = 0; i < 12; i++) at.add(timers.runNext());

            server.page("/a", whole(CONTENT));
            await(download).close();

            assertThat(at.get(0)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
            assertThat(at.get(11).minus(at.get(10))).isBetween(Duration.ofSeconds(150), Duration.ofMinutes(5));
            assertThat(waits.get(0)).endsWith("/a answers with status 503");
        }

        @Test
        void aServerThatIsNotThereIsTriedAgain() throws Exception {
            URI gone = server.uri("/a");
            server.close();
            Download download = start(gone);

            Await.until("it waits", () -> !waits.isEmpty());

            assertThat(waits.get(0)).contains(gone.toString());
            assertThat(download.result()).isNotDone();
        }

        @Test
        void itGivesUpAfterADay() throws Exception {
            server.page("/a", status(503));
            Download download = start(server.uri("/a"));
            Await.until("it waits", () -> !waits.isEmpty());
            timers.pass(Duration.ofHours(25));
            timers.runNext();

            assertThatThrownBy(() -> await(download))
                    .hasCauseInstanceOf(CommandException.class)
                    .hasMessageContaining("could not be fetched for 24 h")
                    .hasMessageContaining("status 503");
        }

        @Test
        void oneThatWaitsHoldsUpNoOther() throws Exception {
            server.page("/down", status(503)).page("/up", whole(CONTENT));
            Downloads downloads = downloads();
            for (int i = 0; i < 5; i++) {
                var other = new ArtifactRef(List.of(server.uri("/down")), Sha256.of(new byte[i]), 5);
                downloads.start(other, listener);
            }

            await(downloads.start(ref(server.uri("/up")), listener)).close();
        }
    }

    @Nested
    class AServerThatHangs {
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(1);

        private void hang(HttpExchange exchange) throws IOException {
            asked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        private void hangInTheMiddle(HttpExchange exchange) throws IOException {
            ranges(CONTENT, "\"v1\"", 100_000).answer(exchange);
            hang(exchange);
        }

        @AfterEach
        void release() {
            released.countDown();
        }

        @Test
        void isNoticedBeforeItAnswers() throws Exception {
            stall = Duration.ofMillis(300);
            server.page("/a", this::hang).page("/b", whole(CONTENT));

            succeeds(server.uri("/a"), server.uri("/b"));
        }

        @Test
        void isNoticedInTheMiddle() throws Exception {
            stall = Duration.ofSeconds(1);
            server.page("/a", oneByOne(this::hangInTheMiddle, ranges(CONTENT, "\"v1\"", 400_000)));

            succeeds(server.uri("/a"));

            assertAsked(askedRanges(), 100_000, "", THE_REST);
        }

        @Test
        void isNoticedWhenItSendsAByteNowAndThen() throws Exception {
            stall = Duration.ofSeconds(1);
            server.page("/a", this::drip).page("/b", ranges(CONTENT, "\"v1\"", 400_000));

            succeeds(server.uri("/a"), server.uri("/b"));

            assertThat(server.requests()).extracting(Request::path).containsExactly("/a", "/b");
        }

        private void drip(HttpExchange exchange) throws IOException {
            exchange.sendResponseHeaders(200, CONTENT.length);
            try {
                for (byte each : CONTENT) {
                    exchange.getResponseBody().write(each);
                    exchange.getResponseBody().flush();
                    if (released.await(100, TimeUnit.MILLISECONDS)) return;
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Test
        void isGivenUpAfterADayAlsoIfItSendsEnough() throws Exception {
            server.page("/a", exchange -> {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 100_000);
                exchange.getResponseBody().flush();
                hang(exchange);
                exchange.getResponseBody().write(CONTENT, 100_000, 100_000);
            });
            Download download = start(server.uri("/a"));
            Await.until("a third is there", () -> progress.get() == 100_000);
            timers.pass(Duration.ofHours(25));
            released.countDown();

            assertThatThrownBy(() -> await(download))
                    .hasCauseInstanceOf(CommandException.class)
                    .hasMessageContaining("could not be fetched for 24 h: its sources are too slow");
        }

        @Test
        void canBeCancelledBeforeItAnswers() throws Exception {
            server.page("/a", this::hang);
            Download download = start(server.uri("/a"));
            Await.countedDown(asked);

            download.cancel();

            assertThatThrownBy(() -> await(download)).isInstanceOf(CancellationException.class);
        }

        @Test
        void canBeCancelledInTheMiddleAndIsContinuedLater() throws Exception {
            server.page("/a", oneByOne(this::hangInTheMiddle, ranges(CONTENT, "\"v1\"", 400_000)));
            Download download = start(server.uri("/a"));
            Await.until("half is there", () -> progress.get() == 100_000);

            download.cancel();
            succeeds(server.uri("/a"));

            assertAsked(askedRanges(), 100_000, "", THE_REST);
        }

        @Test
        void holdsUpOnlyItsOwnArtifact() throws Exception {
            server.page("/hangs", this::hang).page("/b", whole(CONTENT));
            Downloads downloads = downloads();
            var other = new ArtifactRef(List.of(server.uri("/hangs")), Sha256.of(OTHER), OTHER.length);
            downloads.start(other, listener);
            downloads.start(other, listener);
            Await.countedDown(asked);

            await(downloads.start(ref(server.uri("/b")), listener)).close();

            assertThat(server.requests()).extracting(Request::path).containsExactlyInAnyOrder("/hangs", "/b");
        }

        @Test
        void endsWithTheAgent() throws Exception {
            server.page("/a", this::hang);
            Downloads downloads = downloads();
            Download download = downloads.start(ref(server.uri("/a")), listener);
            Await.countedDown(asked);

            downloads.close();

            assertThat(download.result()).isCancelled();
        }
    }

    @Test
    void twoDownloadsOfOneArtifactAreOneTransfer() throws Exception {
        server.page("/a", whole(CONTENT));
        Downloads downloads = downloads();

        Download first = downloads.start(ref(server.uri("/a")), listener);
        Download second = downloads.start(ref(server.uri("/a")), listener);
        await(first).close();
        await(second).close();

        assertThat(server.requests()).hasSize(1);
    }

    @Nested
    class FromAFile {
        private Path stick;

        @BeforeEach
        void plugIn() throws IOException {
            stick = Files.createDirectory(folder.resolve("stick"));
            Files.write(folder.resolve("outside"), CONTENT);
        }

        @Test
        void aFileBelowARootIsCopied() throws Exception {
            Path file = Files.write(Files.createDirectory(stick.resolve("a b")).resolve("x"), CONTENT);

            succeeds(file.toUri());
        }

        @Test
        void everythingElseIsRefused() throws Exception {
            Files.createSymbolicLink(stick.resolve("link"), folder.resolve("outside"));
            Files.createSymbolicLink(stick.resolve("up"), folder);

            for (String path :
                    List.of(folder + "/outside", stick + "/../outside", stick + "/link", stick + "/up/outside")) {
                assertThat(fails(URI.create("file://" + path)).code()).as(path).isEqualTo(ErrorCode.NOT_ALLOWED);
            }
            assertThat(fails(stick.toUri()).reason()).endsWith("must be a file");
            assertThat(fails(stick.resolve("none").toUri()).reason()).contains("cannot be read");
        }

        @Test
        void aWrongSizeIsNamed() throws Exception {
            Path file = Files.write(stick.resolve("x"), new byte[7]);

            assertThat(fails(file.toUri()).reason()).endsWith("has 7 bytes, expected 300000");
        }
    }
}
