package io.efka.fleet.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A request that is answered once. Used by the thread that answers it. */
public final class HttpRequest {
    private final HttpExchange exchange;

    HttpRequest(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /** Without what follows a question mark; empty if there is none, as in {@code GET mailto:x}. */
    public String path() {
        return Optional.ofNullable(exchange.getRequestURI().getPath()).orElse("");
    }

    boolean isHead() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    /** Whether the client names {@code word} in the header, such as a format in {@code Accept}. */
    public boolean accepts(String header, String word) {
        return String.join(",", exchange.getRequestHeaders().getOrDefault(header, List.of()))
                .contains(word);
    }

    /** Whether the answer may be zipped. */
    public boolean acceptsGzip() {
        return accepts("Accept-Encoding", "gzip");
    }

    /** Sets a header of the answer. */
    public void header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
    }

    /** Answers; to HEAD, without the body. */
    public void send(int code, byte[] body) throws IOException {
        exchange.sendResponseHeaders(code, isHead() ? -1 : body.length);
        if (!isHead()) exchange.getResponseBody().write(body);
    }

    /** Answers with a line of text; if the client is gone, nobody is told. */
    public void say(int code, String text) {
        header("Content-Type", "text/plain; charset=utf-8");
        try {
            send(code, (text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Who asked is gone.
        }
    }
}
