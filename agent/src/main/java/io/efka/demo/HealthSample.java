package io.efka.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The sample service {@code webby}: answers HTTP with 200 while it is well and with 503 once its stdin said
 * {@code sick}. It is a program of its own and uses nothing but the JDK, one connection at a time.
 */
public final class HealthSample {
    /** A client that says nothing for this long is not waited for. */
    private static final int READ_TIMEOUT_MS = 1_000;

    private HealthSample() {}

    /** @param arguments the port to listen on, on 127.0.0.1 */
    public static void main(String[] arguments) throws IOException {
        var well = new AtomicBoolean(true);
        try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getByName("127.0.0.1"))) {
            System.out.println("webby answers on port " + server.getLocalPort());
            var listener = new Thread(() -> listen(well), "webby-stdin");
            listener.setDaemon(true);
            listener.start();
            while (true) answer(server.accept(), well.get());
        }
    }

    private static void listen(AtomicBoolean well) {
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                well.set(!line.strip().equals("sick"));
                System.out.println(well.get() ? "webby is well" : "webby is sick");
            }
        } catch (IOException e) {
            System.err.println("webby hears no more: " + e.getMessage());
        }
    }

    private static void answer(Socket client, boolean well) {
        try (client) {
            client.setSoTimeout(READ_TIMEOUT_MS);
            var request =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = request.readLine(); line != null && !line.isEmpty(); ) line = request.readLine();
            String body = well ? "well\n" : "sick\n";
            String head = "HTTP/1.1 " + (well ? "200 OK" : "503 Service Unavailable") + "\r\nContent-Type: text/plain"
                    + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n";
            client.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            System.err.println("webby lost a client: " + e.getMessage());
        }
    }
}
