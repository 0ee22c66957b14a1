package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardCommandTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String BROKER = "<meta name=\"efka-broker\" content=\"";

    private final CommandLineFixture here = new CommandLineFixture();

    @TempDir
    private Path folder;

    @BeforeEach
    void ownFolder() {
        here.environment.put("XDG_CONFIG_HOME", folder.toString());
    }

    @Test
    void theHelpBeginsWithExamplesAndSaysWhatABrowserNeeds() {
        assertThat(here.efka("dashboard", "--help")).isZero();

        assertThat(here.out()).isEqualTo("""
                Serves a page that shows the fleet in a browser and commands it.

                Examples:
                  efka dashboard
                  efka dashboard --broker wss://broker.example:8084/mqtt --listen 127.0.0.1:8090
                  efka dashboard --broker wss://broker.example:8084/mqtt --print >/var/www/html/efka.html

                Usage: efka dashboard [OPTIONS]
                      --listen=HOST:PORT   Where browsers come in. Default: 127.0.0.1:8089
                      --print              Writes the page to stdout instead, for any web server
                      --broker=URI         What the page offers: ws:// or wss://host[:port][/path]
                      --prefix=LEVELS      First levels of every topic. Default: efka
                      --context=NAME       Broker options kept by "efka context add". Default: the one in use
                  -h, --help               Shows this help.

                The page connects to the broker by itself, from where the browser is, and asks for the user and
                the password that the broker wants. A browser speaks MQTT over WebSocket only, so the broker needs
                a listener for it: ws:// or wss://. If a context or EFKA_BROKER names tcp:// or ssl://, the page
                offers a guess: port 9001, which is usual for Mosquitto, or 8084 with TLS, on the same host. The
                address can be changed in the page. agent/docs/dashboards.md says how to set up the broker.

                Exit code 0: ended by Ctrl-C or SIGTERM, or printed; 64: the broker is none that a browser can use;
                69: the port is in use.
                """);
    }

    @Test
    void thePageIsPrintedWithTheBrokerAsItWasNamed() {
        assertThat(here.efka("dashboard", "--print", "--broker", "wss://b.example/x'y", "--prefix", "plant/efka"))
                .isZero();

        assertThat(here.out())
                .startsWith("<!doctype html>")
                .contains(BROKER + "wss://b.example:443/x&#39;y\"", "content=\"plant/efka\"");
        assertThat(here.err()).isEqualTo("efka: the page connects to wss://b.example:443/x'y\n");
    }

    @Test
    void fromABrokerForDevicesTheAddressIsGuessedAndThatIsSaid() {
        here.environment.put("EFKA_BROKER", "tcp://b.example");

        assertThat(here.efka("dashboard", "--print")).isZero();

        assertThat(here.out()).contains(BROKER + "ws://b.example:9001/mqtt\"");
        assertThat(here.err()).contains("that is a guess, since a browser cannot use tcp://b.example:1883");
    }

    @Test
    void whoAContextIsForIsNotInThePage() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret-one\n");
        here.efka(
                "context",
                "add",
                "lab",
                "--broker",
                "ws://lab:9001",
                "--username",
                "ana-lena",
                "--password-file",
                password.toString());

        assertThat(here.efka("dashboard", "--print", "--context", "lab")).isZero();

        assertThat(here.out())
                .contains(BROKER + "ws://lab:9001\"")
                .doesNotContain("ana-lena", "secret-one", "password-file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--broker tcp://b:1884|--broker: must begin with ws:// or wss://, since a browser speaks MQTT over WebSocket only; ws://b:9001/mqtt?",
                "--broker ssl://b|wss://b:8084/mqtt?",
                "--broker ws://me:pw@b|must not hold a user name or password",
                "--broker javascript:alert(1)|must begin with",
                "--broker ws://b --prefix a/+/b|prefix",
                "--broker ws://b --listen 8089|--listen: must be HOST:PORT",
                "--broker ws://b --listen 127.0.0.1:70000|--listen: must be HOST:PORT",
                "--broker ws://b --username me|--username",
                "--broker ws://b extra|extra",
            })
    void mistakesAreSaidBeforeAnythingIsServed(String arguments, String said) {
        assertThat(here.efka(("dashboard " + arguments).split(" "))).isEqualTo(64);

        assertThat(here.out()).isEmpty();
        assertThat(here.err()).contains(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void theAddressIsTheFirstLineAndTheEndIsAsked(String signal) throws Exception {
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(
                () -> here.efka("dashboard", "--broker", "ws://b:9001", "--listen", "127.0.0.1:0"));
        Await.until("the address", SOON, () -> here.out().contains("\n"));

        String address = here.out().strip();
        String page = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
        assertThat(address).matches("http://127\\.0\\.0\\.1:[0-9]+/");
        assertThat(page).contains(BROKER + "ws://b:9001\"");

        here.signals.getOrDefault(signal, ignored -> {}).accept(2);
        assertThat(code.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(here.out().strip()).isEqualTo(address);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThat(here.efka("dashboard", "--broker", "ws://b", "--listen", address))
                    .isEqualTo(69);
            assertThat(here.err()).contains("cannot listen on " + address, "--listen takes another port");
            assertThat(here.out()).isEmpty();
        }
    }
}
