package io.efka.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs the sample as its script does: as a process of its own with nothing but our classes. */
final class HealthSampleTest {
    @Test
    void isWellUntilItsInputSaysOtherwise() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path classes = Path.of(HealthSample.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Process webby = new ProcessBuilder(java, "-Xmx8m", "-cp", classes.toString(), HealthSample.class.getName(), "0")
                .start();
        try (var said = new BufferedReader(new InputStreamReader(webby.getInputStream(), UTF_8))) {
            String port = said.readLine().replaceAll(".* ", "");
            assertThat(status(port)).isEqualTo(200);

            tell(webby, "sick\n");
            assertThat(said.readLine()).isEqualTo("webby is sick");
            assertThat(status(port)).isEqualTo(503);

            tell(webby, "well\n");
            assertThat(said.readLine()).isEqualTo("webby is well");
            assertThat(status(port)).isEqualTo(200);
        } finally {
            webby.destroyForcibly().waitFor();
        }
    }

    private static void tell(Process webby, String line) throws Exception {
        webby.getOutputStream().write(line.getBytes(UTF_8));
        webby.getOutputStream().flush();
    }

    private static int status(String port) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
